"""The versions of the schema, oldest first."""

HEAD = "0002"
"""The newest version."""
