"""A bot that answers questions about interviews from curated, verified knowledge."""

__version__ = "0.1.0"
