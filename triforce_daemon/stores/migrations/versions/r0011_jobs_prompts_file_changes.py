"""Jobs, prompts, and what tools have changed in workspaces."""

import sqlalchemy as sa
from alembic import op

from triforce_daemon.stores.tables import WHOLE

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("progress", sa.Float, nullable=False),
        sa.Column("doing", sa.Text),
        sa.Column("result", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("daemon", sa.Text, nullable=False),
        sa.Column("cancel", WHOLE),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("started", WHOLE),
        sa.Column("finished", WHOLE),
    )
    op.create_index("jobs_by_account", "jobs", ["account", "created"])
    op.create_index("jobs_by_daemon", "jobs", ["daemon", "state"])
    op.create_table(
        "prompts",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("version", WHOLE, primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("created", WHOLE, nullable=False),
    )
    op.create_table(
        "file_changes",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("mode", WHOLE, nullable=False),
        sa.Column("created", WHOLE, nullable=False),
    )
    op.create_index("file_changes_by_file", "file_changes", ["folder", "path", "created"])
    op.create_index("file_changes_by_time", "file_changes", ["created"])
