"""What is kept in memory, with verdicts and vectors, and a full-text index over what is current of it."""

import sqlalchemy as sa
from alembic import op

from triforce_daemon.stores.tables import WHOLE

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "memories",
        sa.Column("row", WHOLE, primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("previous", sa.Text),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("project", sa.Text),
        sa.Column("importance", sa.Text, nullable=False),
        sa.Column("stated", sa.Float, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("expires", WHOLE),
        sa.Column("current", WHOLE, nullable=False),
        sa.Column("forgotten", WHOLE),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("gone", sa.Text),
        sa.UniqueConstraint("owner", "id"),
        sa.UniqueConstraint("owner", "entry", "version"),
    )
    op.create_index("memories_by_time", "memories", ["owner", "created"])
    op.create_index("memories_by_digest", "memories", ["owner", "digest"])
    op.create_index("memories_by_change", "memories", ["change"])
    op.create_index("memories_by_gone", "memories", ["gone"])
    op.create_index("memories_by_end", "memories", ["expires"])
    op.create_table(
        "memory_validations",
        sa.Column("row", WHOLE, primary_key=True),
        sa.Column("memory", WHOLE, sa.ForeignKey("memories.row", ondelete="CASCADE"), nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("change", sa.Text, nullable=False),
    )
    op.create_index("memory_validations_by_memory", "memory_validations", ["memory"])
    op.create_index("memory_validations_by_change", "memory_validations", ["change"])
    op.create_table(
        "memory_vectors",
        sa.Column("memory", WHOLE, sa.ForeignKey("memories.row", ondelete="CASCADE"), primary_key=True),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        _index_what_is_current()
    else:
        _keep_words_of_what_is_current()


def _index_what_is_current() -> None:
    """FTS5 with external content, as for what was said; earlier versions and what is forgotten are not in it.

    Owner, project and type are words of it too: so what somebody else has, or is of another kind, is passed over by
    the index, and needs no look at its row.
    """
    columns = ("content", "tags", "project", "type", "owner")
    names = ", ".join(columns)
    op.execute(
        f"CREATE VIRTUAL TABLE memories_text USING fts5({names}, content='memories', content_rowid='row',"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    old, new = (", ".join(f"{side}.{name}" for name in columns) for side in ("old", "new"))
    forget = (
        f"INSERT INTO memories_text(memories_text, rowid, {names}) SELECT 'delete', old.row, {old}"
        " WHERE old.current = 1 AND old.forgotten IS NULL"
    )
    learn = (
        f"INSERT INTO memories_text(rowid, {names}) SELECT new.row, {new}"
        " WHERE new.current = 1 AND new.forgotten IS NULL"
    )
    op.execute(f"CREATE TRIGGER memories_text_insert AFTER INSERT ON memories BEGIN {learn}; END")
    op.execute(f"CREATE TRIGGER memories_text_delete AFTER DELETE ON memories BEGIN {forget}; END")
    op.execute(
        "CREATE TRIGGER memories_text_update AFTER UPDATE OF current, forgotten ON memories"
        f" BEGIN {forget}; {learn}; END"
    )


def _keep_words_of_what_is_current() -> None:
    """The same by PostgreSQL's own index, in words as `said()` of the first revision has them."""
    parts = (("left(said(content), 100000)", "A"), ("said(tags)", "A"), ("said(coalesce(project, ''))", "B"))
    words = " || ".join(f"setweight(to_tsvector('simple', {part}), '{weight}')" for part, weight in parts)
    op.execute(f"ALTER TABLE memories ADD COLUMN words tsvector GENERATED ALWAYS AS ({words}) STORED")
    op.execute("CREATE INDEX memories_words ON memories USING gin (words) WHERE current = 1 AND forgotten IS NULL")
