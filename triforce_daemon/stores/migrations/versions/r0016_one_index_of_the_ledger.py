"""The ledger keeps one index: each of them costs every request a page of the log."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.drop_index("ledger_by_time", "ledger")
    op.drop_index("ledger_by_token", "ledger")
