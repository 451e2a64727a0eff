"""Approvals of tool calls; what accounts were granted."""

import sqlalchemy as sa
from alembic import op

from triforce_daemon.stores.tables import WHOLE

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("asker", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("tool", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("arguments", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("asked", WHOLE, nullable=False),
        sa.Column("expires", WHOLE, nullable=False),
        sa.Column("answered", WHOLE),
        sa.Column("answered_by", sa.Text),
        sa.Column("until", WHOLE),
    )
    op.add_column("users", sa.Column("grants", sa.Text, nullable=False, server_default=""))
    op.create_index("approvals_by_call", "approvals", ["asker", "tool", "state"])
