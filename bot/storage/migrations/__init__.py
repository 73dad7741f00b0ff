"""The versions of the schema, oldest first."""

HEAD = "0003"
"""The newest version."""
