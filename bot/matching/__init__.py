"""Matching: from a typed question to a decision what to show; pure functions over a snapshot of the knowledge.

The way of a question: `normalise` -> `query_parser` -> `views` (index and vectors) -> `features` -> `weights` (a
probability for each candidate) -> `decide`. `matcher` runs it, follow-ups and small talk included.

The types that matching takes and gives are exported here. `matcher` and what it is built from (see `bot.builder`) are
imported as modules, so that the types cost neither NumPy nor dictionaries at start-up.
"""

from bot.matching.results import AnswerContext, Candidate, Decision, Query, Scored, Smalltalk, Status

__all__ = ["AnswerContext", "Candidate", "Decision", "Query", "Scored", "Smalltalk", "Status"]
