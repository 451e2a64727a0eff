"""The tables. Times are milliseconds since 1970 UTC; money is a decimal string; documents are JSON text."""

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from triforce_daemon.stores.chain_tables import chain_cycles as chain_cycles
from triforce_daemon.stores.chain_tables import chains as chains
from triforce_daemon.stores.metadata import WHOLE as WHOLE
from triforce_daemon.stores.metadata import metadata as metadata

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
    Column("created", WHOLE, nullable=False),
    Column("updated", WHOLE, nullable=False),
    Index("sessions_by_update", "owner", "updated"),
)

turns = Table(
    "turns",
    metadata,
    # The full-text index points at rows by this number; an implicit rowid may change on VACUUM.
    Column("row", WHOLE, primary_key=True),
    Column("session", Text, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("number", WHOLE, nullable=False),
    Column("input", Text, nullable=False),
    Column("output", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("provider", Text),
    Column("finish_reason", Text),
    Column("tokens_in", WHOLE),
    Column("tokens_out", WHOLE),
    Column("estimated", WHOLE),
    Column("cost", Text),
    Column("error", Text),
    Column("request", Text),
    Column("created", WHOLE, nullable=False),
    Column("finished", WHOLE),
    # Which one answers or answered it, of several that share the database.
    Column("daemon", WHOLE),
    # The tools that were called on the way to the answer; none: none was.
    Column("steps", Text),
    UniqueConstraint("session", "number"),
)

agreements = Table(
    "agreements",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
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
    Column("created", WHOLE, nullable=False),
    Column("expires", WHOLE),
    Column("last_used", WHOLE),
    Column("revoked", WHOLE),
    # The account that it belongs to; none: the daemon's owner.
    Column("user", Text),
    Column("requests_per_minute", WHOLE),
    Column("spend", Text),
)

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("password", Text),
    Column("tier", Text, nullable=False),
    Column("tier_expires", WHOLE),
    Column("role", Text, nullable=False),
    # What an admin has granted, with a space in between.
    Column("grants", Text, nullable=False, server_default=text("''")),
    Column("disabled", WHOLE),
    Column("created", WHOLE, nullable=False),
    # Where nothing stands, the tier decides; 0 is no limit.
    Column("requests_per_minute", WHOLE),
    Column("parallel", WHOLE),
    Column("tokens_per_day", WHOLE),
    Column("spend", Text),
    Column("models", Text),
)

logins = Table(
    "logins",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user", Text, nullable=False),
    Column("refresh", Text, nullable=False),
    Column("created", WHOLE, nullable=False),
    Column("used", WHOLE, nullable=False),
    Column("expires", WHOLE, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", Text, primary_key=True),
    # SHA-256 of the code, in hexadecimal.
    Column("digest", Text, nullable=False, unique=True),
    Column("tier", Text, nullable=False),
    Column("created", WHOLE, nullable=False),
    Column("expires", WHOLE, nullable=False),
    Column("used", WHOLE),
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
    Column("asked", WHOLE, nullable=False),
    Column("expires", WHOLE, nullable=False),
    Column("answered", WHOLE),
    Column("answered_by", Text),
    Column("until", WHOLE),
    Index("approvals_by_call", "asker", "tool", "state"),
)

key_history = Table(
    "key_history",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("origin", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("last_used", WHOLE),
    Column("tested", WHOLE),
    Column("state", Text),
    Column("status", WHOLE),
    Column("reason", Text),
)

model_lists = Table(
    "model_lists",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("models", Text, nullable=False),
    Column("gone", Text, nullable=False),
    Column("fetched", WHOLE),
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
    Column("created", WHOLE, nullable=False),
    Index("responses_by_time", "created"),
)

audit = Table(
    "audit",
    metadata,
    Column("chain", Text, primary_key=True),
    Column("number", WHOLE, primary_key=True, autoincrement=False),
    Column("ts", WHOLE, nullable=False),
    Column("kind", Text, nullable=False),
    Column("request", Text),
    # Digests of `audit_names`.
    Column("caller", Text),
    Column("subject", Text),
    Column("address", Text),
    Column("document", Text, nullable=False),
    # SHA-256 in hexadecimal: of the row before, and of this one.
    Column("before", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("audit_by_time", "ts"),
    Index("audit_by_request", "request"),
)

audit_segments = Table(
    "audit_segments",
    metadata,
    Column("chain", Text, primary_key=True),
    Column("number", WHOLE, primary_key=True, autoincrement=False),
    Column("first", WHOLE, nullable=False),
    Column("last", WHOLE, nullable=False),
    Column("before", Text, nullable=False),
    Column("head", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("kinds", Text, nullable=False),
    Column("closed", WHOLE, nullable=False),
    Column("key", Text, nullable=False),
    Column("signature", Text, nullable=False),
    # Not signed: the kinds whose rows are gone, and how many of the others there are.
    Column("pruned", Text, nullable=False),
    Column("kept", WHOLE, nullable=False),
)

audit_names = Table(
    "audit_names",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("chain", Text, nullable=False),
    Column("salt", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("owner", Text),
    Column("made", WHOLE, nullable=False),
    Index("audit_names_by_name", "name"),
)

memories = Table(
    "memories",
    metadata,
    # The full-text index points at rows by this number.
    Column("row", WHOLE, primary_key=True),
    Column("id", Text, nullable=False),
    Column("owner", Text, nullable=False),
    # The id of the entry's first version.
    Column("entry", Text, nullable=False),
    Column("version", WHOLE, nullable=False),
    Column("previous", Text),
    Column("type", Text, nullable=False),
    Column("content", Text, nullable=False),
    # One a line, with a line's end before the first and after the last: so one is found as a whole.
    Column("tags", Text, nullable=False),
    Column("project", Text),
    Column("importance", Text, nullable=False),
    # As it was written, and as verdicts have moved it.
    Column("stated", Float, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("by", Text, nullable=False),
    # SHA-256 of what makes two entries the same one.
    Column("digest", Text, nullable=False),
    Column("created", WHOLE, nullable=False),
    Column("expires", WHOLE),
    # Whether it is its entry's latest version: 1 or 0.
    Column("current", WHOLE, nullable=False),
    Column("forgotten", WHOLE),
    # The changes that made it and that forgot it.
    Column("change", Text, nullable=False),
    Column("gone", Text),
    UniqueConstraint("owner", "id"),
    UniqueConstraint("owner", "entry", "version"),
    Index("memories_by_time", "owner", "created"),
    Index("memories_by_digest", "owner", "digest"),
    Index("memories_by_change", "change"),
    Index("memories_by_gone", "gone"),
    Index("memories_by_end", "expires"),
)

memory_validations = Table(
    "memory_validations",
    metadata,
    Column("row", WHOLE, primary_key=True),
    Column("memory", WHOLE, ForeignKey("memories.row", ondelete="CASCADE"), nullable=False),
    Column("verdict", Text, nullable=False),
    Column("by", Text, nullable=False),
    # Who asked, whatever name he gave.
    Column("caller", Text, nullable=False),
    Column("reason", Text),
    Column("created", WHOLE, nullable=False),
    Column("change", Text, nullable=False),
    Index("memory_validations_by_memory", "memory"),
    Index("memory_validations_by_change", "change"),
)

memory_vectors = Table(
    "memory_vectors",
    metadata,
    Column("memory", WHOLE, ForeignKey("memories.row", ondelete="CASCADE"), primary_key=True),
    Column("model", Text, nullable=False),
    # Numbers of two bytes each, the lowest first.
    Column("vector", LargeBinary, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    # Whose it is, and what he was called when he asked.
    Column("account", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("progress", Float, nullable=False),
    Column("doing", Text),
    Column("result", Text),
    Column("error", Text),
    Column("log", Text, nullable=False),
    Column("node", Text, nullable=False),
    # Which of a machine's daemons works on it.
    Column("daemon", Text, nullable=False),
    # When somebody wanted it to end.
    Column("cancel", WHOLE),
    Column("created", WHOLE, nullable=False),
    Column("started", WHOLE),
    Column("finished", WHOLE),
    Index("jobs_by_account", "account", "created"),
    Index("jobs_by_daemon", "daemon", "state"),
)

prompts = Table(
    "prompts",
    metadata,
    Column("account", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", WHOLE, primary_key=True),
    Column("content", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("created", WHOLE, nullable=False),
)

mcp_tools = Table(
    "mcp_tools",
    metadata,
    Column("server", Text, primary_key=True),
    # As the server calls it.
    Column("tool", Text, primary_key=True),
    # SHA-256 of what the server said of it, and that itself.
    Column("digest", Text, nullable=False),
    Column("declaration", Text, nullable=False),
    Column("accepted", WHOLE, nullable=False),
    Column("accepted_by", Text, nullable=False),
)

file_changes = Table(
    "file_changes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    # The workspace's folder, and the file's path in it.
    Column("folder", Text, nullable=False),
    Column("path", Text, nullable=False),
    # SHA-256 of what it held before and afterwards; none: it was not there.
    Column("before", Text),
    Column("after", Text),
    Column("mode", WHOLE, nullable=False),
    Column("created", WHOLE, nullable=False),
    Index("file_changes_by_file", "folder", "path", "created"),
    Index("file_changes_by_time", "created"),
)

ledger = Table(
    "ledger",
    metadata,
    Column("request", Text, primary_key=True),
    Column("ts", WHOLE, nullable=False),
    Column("client", Text, nullable=False),
    Column("session", Text),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("tokens_in", WHOLE, nullable=False),
    Column("tokens_out", WHOLE, nullable=False),
    Column("estimated", WHOLE, nullable=False),
    Column("cost", Text),
    Column("currency", Text),
    Column("state", Text, nullable=False),
    Column("error", Text),
    Column("first_token_ms", WHOLE),
    Column("total_ms", WHOLE, nullable=False),
    Column("token", Text),
    # Whether the model is one of this machine.
    Column("local", WHOLE, nullable=False, server_default=text("0")),
    # The only one, for each costs every request a page: see `ledger.since`.
    Index("ledger_by_client", "client", "ts"),
)
