"""Limits of accounts and tokens of their own; what the ledger needs to know to tell what of them is used."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    for column in ("requests_per_minute", "parallel", "tokens_per_day"):
        op.add_column("users", sa.Column(column, sa.Integer))
    op.add_column("users", sa.Column("spend", sa.Text))
    op.add_column("users", sa.Column("models", sa.Text))
    op.add_column("tokens", sa.Column("requests_per_minute", sa.Integer))
    op.add_column("tokens", sa.Column("spend", sa.Text))
    op.add_column("ledger", sa.Column("token", sa.Text))
    op.add_column("ledger", sa.Column("local", sa.Integer, nullable=False, server_default="0"))
    op.create_index("ledger_by_client", "ledger", ["client", "ts"])
    op.create_index("ledger_by_token", "ledger", ["token", "ts"])
