"""Answers that were stored for their callers."""

import sqlalchemy as sa
from alembic import op

from triforce_daemon.stores.tables import WHOLE

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "responses",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("previous", sa.Text),
        sa.Column("input", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created", WHOLE, nullable=False),
    )
    op.create_index("responses_by_time", "responses", ["created"])
