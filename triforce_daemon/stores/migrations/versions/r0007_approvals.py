"""Approvals of tool calls; what accounts were granted."""

import sqlalchemy as sa
from alembic import op

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
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("expires", sa.Integer, nullable=False),
        sa.Column("answered", sa.Integer),
        sa.Column("answered_by", sa.Text),
        sa.Column("until", sa.Integer),
    )
    op.add_column("users", sa.Column("grants", sa.Text, nullable=False, server_default=""))
    op.create_index("approvals_by_call", "approvals", ["asker", "tool", "state"])
