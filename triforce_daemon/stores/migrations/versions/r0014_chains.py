"""Models that work towards a goal by themselves, and the cycles of their work."""

import sqlalchemy as sa
from alembic import op

from triforce_daemon.stores.tables import WHOLE

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "chains",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("project", sa.Text),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("lead", sa.Text, nullable=False),
        sa.Column("profile", sa.Text, nullable=False),
        sa.Column("aggressive", WHOLE, nullable=False),
        sa.Column("max_cycles", WHOLE, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("daemon", sa.Text, nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("updated", WHOLE, nullable=False),
    )
    op.create_index("chains_by_account", "chains", ["account", "created"])
    op.create_index("chains_by_daemon", "chains", ["daemon", "status"])
    op.create_table(
        "chain_cycles",
        sa.Column("chain", sa.Text, sa.ForeignKey("chains.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", WHOLE, primary_key=True, autoincrement=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("next", sa.Text, nullable=False),
        sa.Column("done", WHOLE, nullable=False),
        sa.Column("steps", sa.Text, nullable=False),
        sa.Column("tokens_in", WHOLE, nullable=False),
        sa.Column("tokens_out", WHOLE, nullable=False),
        sa.Column("estimated", WHOLE, nullable=False),
        sa.Column("cost", sa.Text),
        sa.Column("started", WHOLE, nullable=False),
        sa.Column("finished", WHOLE, nullable=False),
    )
