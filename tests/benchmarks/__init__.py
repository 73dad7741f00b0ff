"""Measuring the bot beside its peers: how well it answers, how fast it is, and how it grows."""
