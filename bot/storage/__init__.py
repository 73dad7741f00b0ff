"""Persistence in one SQLite or PostgreSQL database: inbox of updates, shared state, history and statistics.

SQLite serves one process; several replicas share a PostgreSQL database, which also locks and notifies for them.

Other packages use `database` (read and write transactions), `inbox` and `inbox_worker` (the queue of updates),
`write_behind` and `state_loader` (what is remembered between updates), `history`, `votes`, `gaps`, `statistics`,
`preferences`, `phrasing_decisions`, `knowledge_sync`, `leader_election`, `notifications`, `retention`, `pseudonyms`,
`time_zone` and `database_url`. The other modules are the package's own. Nothing is imported here, so that a module
costs only its own imports at start-up: the command line needs two that don't import SQLAlchemy.
"""
