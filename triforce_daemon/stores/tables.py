"""The tables. Times are milliseconds since 1970 UTC; money is a decimal string; documents are JSON text."""

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint

metadata = MetaData()

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("system", Text),
    Column("origin", Text, nullable=False),
    Column("cwd", Text),
    Column("created", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Index("sessions_by_update", "owner", "updated"),
)

turns = Table(
    "turns",
    metadata,
    # The full-text index points at rows by this number; an implicit rowid may change on VACUUM.
    Column("row", Integer, primary_key=True),
    Column("session", Text, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("input", Text, nullable=False),
    Column("output", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("provider", Text),
    Column("finish_reason", Text),
    Column("tokens_in", Integer),
    Column("tokens_out", Integer),
    Column("estimated", Integer),
    Column("cost", Text),
    Column("error", Text),
    Column("request", Text),
    Column("created", Integer, nullable=False),
    Column("finished", Integer),
    UniqueConstraint("session", "number"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    # SHA-256 of the secret, in hexadecimal.
    Column("digest", Text, nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("models", Text, nullable=False),
    Column("boundary", Text, nullable=False),
    Column("created", Integer, nullable=False),
    Column("expires", Integer),
    Column("last_used", Integer),
    Column("revoked", Integer),
    # The account that it belongs to; none: the daemon's owner.
    Column("user", Text),
)

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("password", Text),
    Column("tier", Text, nullable=False),
    Column("tier_expires", Integer),
    Column("role", Text, nullable=False),
    # What an admin has granted, with a space in between.
    Column("grants", Text, nullable=False, server_default=""),
    Column("disabled", Integer),
    Column("created", Integer, nullable=False),
)

logins = Table(
    "logins",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user", Text, nullable=False),
    Column("refresh", Text, nullable=False),
    Column("created", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("expires", Integer, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", Text, primary_key=True),
    # SHA-256 of the code, in hexadecimal.
    Column("digest", Text, nullable=False, unique=True),
    Column("tier", Text, nullable=False),
    Column("created", Integer, nullable=False),
    Column("expires", Integer, nullable=False),
    Column("used", Integer),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Text, primary_key=True),
    # Who may not answer it.
    Column("asker", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("tool", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("expires", Integer, nullable=False),
    Column("answered", Integer),
    Column("answered_by", Text),
    Column("until", Integer),
    Index("approvals_by_call", "asker", "tool", "state"),
)

key_history = Table(
    "key_history",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("origin", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("last_used", Integer),
    Column("tested", Integer),
    Column("state", Text),
    Column("status", Integer),
    Column("reason", Text),
)

model_lists = Table(
    "model_lists",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("models", Text, nullable=False),
    Column("gone", Text, nullable=False),
    Column("fetched", Integer),
    Column("failure", Text),
)

responses = Table(
    "responses",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("previous", Text),
    Column("input", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created", Integer, nullable=False),
    Index("responses_by_time", "created"),
)

ledger = Table(
    "ledger",
    metadata,
    Column("request", Text, primary_key=True),
    Column("ts", Integer, nullable=False),
    Column("client", Text, nullable=False),
    Column("session", Text),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("estimated", Integer, nullable=False),
    Column("cost", Text),
    Column("currency", Text),
    Column("state", Text, nullable=False),
    Column("error", Text),
    Column("first_token_ms", Integer),
    Column("total_ms", Integer, nullable=False),
    Index("ledger_by_time", "ts"),
)
