"""Persistence in one SQLite or PostgreSQL database: inbox of updates, shared state, history and statistics.

SQLite serves one process; several replicas share a PostgreSQL database, which also locks and notifies for them. Nothing
is imported here, so that a module costs only its own imports at start-up.
"""
