"""What an answer is about, so that a reply to it can be read in its light."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("answers", sa.Column("entries", sa.Text))
    op.add_column("answers", sa.Column("status", sa.String(12)))
    op.add_column("answers", sa.Column("exchange", sa.BigInteger))
