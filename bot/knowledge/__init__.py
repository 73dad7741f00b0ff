"""The curated knowledge: reading, verifying and serving it as an immutable snapshot."""
