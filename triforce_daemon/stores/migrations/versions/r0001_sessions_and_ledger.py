"""Sessions with their turns, the ledger, and a full-text index over what was said."""

import sqlalchemy as sa
from alembic import op

from triforce_daemon.stores.tables import WHOLE

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("system", sa.Text),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("cwd", sa.Text),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("updated", WHOLE, nullable=False),
    )
    op.create_index("sessions_by_update", "sessions", ["owner", "updated"])
    op.create_table(
        "turns",
        sa.Column("row", WHOLE, primary_key=True),
        sa.Column("session", sa.Text, sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("input", sa.Text, nullable=False),
        sa.Column("output", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("provider", sa.Text),
        sa.Column("finish_reason", sa.Text),
        sa.Column("tokens_in", WHOLE),
        sa.Column("tokens_out", WHOLE),
        sa.Column("estimated", WHOLE),
        sa.Column("cost", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("request", sa.Text),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("finished", WHOLE),
        sa.UniqueConstraint("session", "number"),
    )
    op.create_table(
        "ledger",
        sa.Column("request", sa.Text, primary_key=True),
        sa.Column("ts", WHOLE, nullable=False),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("session", sa.Text),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("tokens_in", WHOLE, nullable=False),
        sa.Column("tokens_out", WHOLE, nullable=False),
        sa.Column("estimated", WHOLE, nullable=False),
        sa.Column("cost", sa.Text),
        sa.Column("currency", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("first_token_ms", WHOLE),
        sa.Column("total_ms", WHOLE, nullable=False),
    )
    op.create_index("ledger_by_time", "ledger", ["ts"])
    if op.get_bind().dialect.name == "sqlite":
        _index_what_was_said()
    else:
        _keep_words_of_what_was_said()


def _index_what_was_said() -> None:
    """FTS5 with external content: the text stands once; triggers keep the index (sqlite.org/fts5.html, 4.4.3)."""
    op.execute(
        "CREATE VIRTUAL TABLE turns_text USING fts5(input, output, content='turns', content_rowid='row',"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    forget = (
        "INSERT INTO turns_text(turns_text, rowid, input, output) VALUES ('delete', old.row, old.input, old.output)"
    )
    learn = "INSERT INTO turns_text(rowid, input, output) VALUES (new.row, new.input, new.output)"
    op.execute(f"CREATE TRIGGER turns_text_insert AFTER INSERT ON turns BEGIN {learn}; END")
    op.execute(f"CREATE TRIGGER turns_text_delete AFTER DELETE ON turns BEGIN {forget}; END")
    op.execute(f"CREATE TRIGGER turns_text_update AFTER UPDATE OF input, output ON turns BEGIN {forget}; {learn}; END")


def _keep_words_of_what_was_said() -> None:
    """PostgreSQL's own index, over words as FTS5 has them: no case, no accents, and nothing but letters and digits.

    A row's words may take one megabyte, which no text of that many characters exceeds; what is longer is found by its
    beginning.
    """
    plain = r"regexp_replace(normalize(lower($1), NFKD), '[\u0300-\u036f]', '', 'g')"
    op.execute(
        "CREATE FUNCTION said(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS"
        f" $$ SELECT regexp_replace({plain}, '[!-/:-@[-`{{-~]+', ' ', 'g') $$"
    )
    op.execute(
        "ALTER TABLE turns ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple',"
        " left(said(input), 100000) || ' ' || left(said(output), 100000))) STORED"
    )
    op.execute("CREATE INDEX turns_words ON turns USING gin (words)")
