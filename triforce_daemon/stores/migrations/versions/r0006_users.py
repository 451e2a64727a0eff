"""Accounts, their log-ins, invitations; tokens that belong to an account."""

import sqlalchemy as sa
from alembic import op

from triforce_daemon.stores.tables import WHOLE

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("password", sa.Text),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("tier_expires", WHOLE),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("disabled", WHOLE),
        sa.Column("created", WHOLE, nullable=False),
    )
    op.create_table(
        "logins",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("refresh", sa.Text, nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("used", WHOLE, nullable=False),
        sa.Column("expires", WHOLE, nullable=False),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("expires", WHOLE, nullable=False),
        sa.Column("used", WHOLE),
    )
    op.add_column("tokens", sa.Column("user", sa.Text))
