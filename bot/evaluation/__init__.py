"""Evaluation and training: score the answers against question files, and fit the weights of the matching."""
