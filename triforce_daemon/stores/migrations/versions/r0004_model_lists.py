"""The lists of models as the providers gave them last."""

import sqlalchemy as sa
from alembic import op

from triforce_daemon.stores.tables import WHOLE

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "model_lists",
        sa.Column("provider", sa.Text, primary_key=True),
        sa.Column("models", sa.Text, nullable=False),
        sa.Column("gone", sa.Text, nullable=False),
        sa.Column("fetched", WHOLE),
        sa.Column("failure", sa.Text),
    )
