"""The tools that a model called in a turn."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("turns", sa.Column("steps", sa.Text))
