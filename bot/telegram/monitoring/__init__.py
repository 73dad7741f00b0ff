"""How the bot is doing, for its admins: /stats with its picture (`stats`), and /diag (`diagnosis`).

`stats_chart` runs as a process of its own, which imports this package: so nothing is imported here, and the handlers
are taken from their modules.
"""
