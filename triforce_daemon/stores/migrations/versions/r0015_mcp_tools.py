"""What tools of mounted servers were like when somebody accepted them."""

import sqlalchemy as sa
from alembic import op

from triforce_daemon.stores.tables import WHOLE

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "mcp_tools",
        sa.Column("server", sa.Text, primary_key=True),
        sa.Column("tool", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("declaration", sa.Text, nullable=False),
        sa.Column("accepted", WHOLE, nullable=False),
        sa.Column("accepted_by", sa.Text, nullable=False),
    )
