"""Limits of accounts and tokens of their own; what the ledger needs to know to tell what of them is used."""

import sqlalchemy as sa
from alembic import op

from triforce_daemon.stores.tables import WHOLE

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    for column in ("requests_per_minute", "parallel", "tokens_per_day"):
        op.add_column("users", sa.Column(column, WHOLE))
    op.add_column("users", sa.Column("spend", sa.Text))
    op.add_column("users", sa.Column("models", sa.Text))
    op.add_column("tokens", sa.Column("requests_per_minute", WHOLE))
    op.add_column("tokens", sa.Column("spend", sa.Text))
    op.add_column("ledger", sa.Column("token", sa.Text))
    op.add_column("ledger", sa.Column("local", WHOLE, nullable=False, server_default=sa.text("0")))
    op.create_index("ledger_by_client", "ledger", ["client", "ts"])
    op.create_index("ledger_by_token", "ledger", ["token", "ts"])
