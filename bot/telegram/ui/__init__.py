"""Buttons and keyboards: what a button carries, its callback data, and short stable ids; pure functions."""
