"""What was asked and what people make of it, wordings to learn, and what people and groups have set."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    _history()
    _feedback()
    op.create_table(
        "phrasings",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("wording", sa.BigInteger, nullable=False, unique=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("entry", sa.Text),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index("phrasings_state", "phrasings", ["state"])
    op.create_table(
        "people",
        sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("language", sa.String(8), nullable=False),
    )
    op.create_table(
        "chats",
        sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("language", sa.String(8)),
        sa.Column("quiet", sa.Boolean, nullable=False),
        sa.Column("topic", sa.BigInteger),
    )


def _history() -> None:
    op.create_table(
        "history",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("asker", sa.BigInteger),
        sa.Column("via", sa.String(8), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("entry", sa.Text),
        sa.Column("score", sa.Double),
        sa.Column("entries", sa.Text, nullable=False),
        sa.Column("took_ms", sa.Double, nullable=False),
    )
    op.create_index("history_at", "history", ["at"])
    op.create_index("history_asker", "history", ["asker"])


def _exchange() -> sa.ForeignKey:
    return sa.ForeignKey("history.id", ondelete="CASCADE")


def _feedback() -> None:
    op.create_table(
        "votes",
        sa.Column("exchange", sa.BigInteger, _exchange(), primary_key=True, autoincrement=False),
        sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("vote", sa.String(8), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index("votes_person", "votes", ["person"])
    op.create_table(
        "choices",
        sa.Column("exchange", sa.BigInteger, _exchange(), primary_key=True, autoincrement=False),
        sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("entry", sa.Text, primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index("choices_person", "choices", ["person"])
