"""When providers' keys were used and tested."""

import sqlalchemy as sa
from alembic import op

from triforce_daemon.stores.tables import WHOLE

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "key_history",
        sa.Column("provider", sa.Text, primary_key=True),
        sa.Column("origin", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("last_used", WHOLE),
        sa.Column("tested", WHOLE),
        sa.Column("state", sa.Text),
        sa.Column("status", WHOLE),
        sa.Column("reason", sa.Text),
    )
