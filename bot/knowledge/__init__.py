"""The curated knowledge: read from YAML and text files, verified, and served as an immutable snapshot."""
