"""Matching: from a typed question to a decision what to show; pure functions over a snapshot of the knowledge.

The way of a question: `normalise` -> `query_parser` -> `views` (index and vectors) -> `features` -> `weights` (a
probability for each candidate) -> `decide`. `matcher` runs it, follow-ups and small talk included.
"""
