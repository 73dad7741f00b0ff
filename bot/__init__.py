"""A bot that answers questions about interviews from curated, verified knowledge."""
