"""The one door to the answers, and their renderings."""
