"""The inbox, the replicas, and what they share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    _inbox()
    _shared()
    op.create_table(
        "replicas",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("beat_at", sa.Double, nullable=False),
    )
    op.create_table(
        "knowledge",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("files", sa.LargeBinary, nullable=False),
        sa.Column("stored_at", sa.Double, nullable=False),
        sqlite_autoincrement=True,
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("content", sa.Text),
        sa.Column("received_at", sa.Double, nullable=False),
        sa.Column("state", sa.String(8), nullable=False, server_default="waiting"),
        sa.Column("ended_at", sa.Double),
        sa.Column("failures", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("crashes", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("error", sa.Text),
        sa.Column("owner", sa.String(32)),
    )
    waiting = sa.text("state = 'waiting'")
    for column in ("update_id", "chat"):
        op.create_index(f"inbox_waiting_{column}", "inbox", [column], sqlite_where=waiting, postgresql_where=waiting)
    op.create_index("inbox_ended_at", "inbox", ["ended_at"])


def _shared() -> None:
    op.create_table(
        "answers",
        sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("last", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("messages", sa.Text, nullable=False),
        sa.Column("content", sa.BigInteger),
        sa.Column("question", sa.BigInteger),
        sa.Column("asked", sa.BigInteger),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_table(
        "conversations",
        sa.Column("conversation", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("entries", sa.Text, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index("conversations_chat", "conversations", ["chat"])
    op.create_table(
        "limits",
        sa.Column("who", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("tokens", sa.Double, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    for table in ("answers", "conversations", "limits"):
        op.create_index(f"{table}_at", table, ["at"])
