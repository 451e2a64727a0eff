"""The audit: its rows, the segments that sign them, and the names that its digests stand for."""

import sqlalchemy as sa
from alembic import op

from triforce_daemon.stores.tables import WHOLE

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("chain", sa.Text, primary_key=True),
        sa.Column("number", WHOLE, primary_key=True, autoincrement=False),
        sa.Column("ts", WHOLE, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("request", sa.Text),
        sa.Column("caller", sa.Text),
        sa.Column("subject", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.create_index("audit_by_time", "audit", ["ts"])
    op.create_index("audit_by_request", "audit", ["request"])
    op.create_table(
        "audit_segments",
        sa.Column("chain", sa.Text, primary_key=True),
        sa.Column("number", WHOLE, primary_key=True, autoincrement=False),
        sa.Column("first", WHOLE, nullable=False),
        sa.Column("last", WHOLE, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("head", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("closed", WHOLE, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        sa.Column("pruned", sa.Text, nullable=False),
        sa.Column("kept", WHOLE, nullable=False),
    )
    op.create_table(
        "audit_names",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("salt", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("made", WHOLE, nullable=False),
    )
    op.create_index("audit_names_by_name", "audit_names", ["name"])
