"""The tables of chains and their cycles."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from triforce_daemon.stores.metadata import WHOLE, metadata

chains = Table(
    "chains",
    metadata,
    Column("id", Text, primary_key=True),
    # Whose it is, and what he was called when he began it.
    Column("account", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("project", Text),
    Column("prompt", Text, nullable=False),
    Column("lead", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("aggressive", WHOLE, nullable=False),
    Column("max_cycles", WHOLE, nullable=False),
    Column("status", Text, nullable=False),
    Column("job", Text, nullable=False),
    Column("error", Text),
    # Which of a machine's daemons works on it.
    Column("daemon", Text, nullable=False),
    Column("created", WHOLE, nullable=False),
    Column("updated", WHOLE, nullable=False),
    Index("chains_by_account", "account", "created"),
    Index("chains_by_daemon", "daemon", "status"),
)

chain_cycles = Table(
    "chain_cycles",
    metadata,
    Column("chain", Text, ForeignKey("chains.id", ondelete="CASCADE"), primary_key=True),
    Column("number", WHOLE, primary_key=True, autoincrement=False),
    Column("request", Text, nullable=False),
    Column("report", Text, nullable=False),
    Column("next", Text, nullable=False),
    # Whether the goal was reached with it: 1 or 0.
    Column("done", WHOLE, nullable=False),
    Column("steps", Text, nullable=False),
    Column("tokens_in", WHOLE, nullable=False),
    Column("tokens_out", WHOLE, nullable=False),
    Column("estimated", WHOLE, nullable=False),
    Column("cost", Text),
    Column("started", WHOLE, nullable=False),
    Column("finished", WHOLE, nullable=False),
)
