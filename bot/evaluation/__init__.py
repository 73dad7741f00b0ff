"""Measuring answers against question files, and making the weights from them."""
