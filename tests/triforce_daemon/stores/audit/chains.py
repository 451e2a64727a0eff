"""A chain in a database of its own, for tests that write, sign, prune and break it."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.audit_keeper import Keeper
from triforce_daemon.stores.audit.chain import Chain, Row
from triforce_daemon.stores.audit.key import SigningKey
from triforce_daemon.stores.audit.names import Names
from triforce_daemon.stores.audit.rows import AuditStore
from triforce_daemon.stores.audit.segments import Segment
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.stores.audit.verification import Broken, Verification
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.sqlite.database import SqliteDatabase

DAY = 86_400_000
DAYS = {"request": 1, "login": 3, "refusal": 3, "change": 0}


class Now(Clock):
    """A clock that stands still until somebody moves it."""

    def __init__(self) -> None:
        self.ms = 1_795_448_000_000

    def now_ms(self) -> int:
        return int((self.ms / 1_000) * 1_000)


def skip_but_on_sqlite(database: Database) -> None:
    """The test opens the database's file by itself."""
    if not isinstance(database, SqliteDatabase):
        pytest.skip("it opens SQLite's file")


@dataclass
class House:
    database: Database
    days: Mapping[str, int] = field(default_factory=lambda: DAYS)
    seed: bytes = b"\x07" * 32

    def __post_init__(self) -> None:
        self.clock = Now()
        self.key = SigningKey(self.seed, "a place")
        self.chain = Chain(self.key.chain, self.database)
        self.names = Names(self.database, self.chain.name)
        self.store = AuditStore(self.database)
        self.trail = Trail(self.database, self.chain, self.names, self.clock)
        self.keeper = Keeper(self.database, self.trail, self.key, self.days, self.clock)

    async def write(self, kind: Any = "request", caller: str | None = "anna", **document: object) -> None:
        await self.trail.record(kind, document, caller=caller)
        self.clock.ms += 1

    async def rows(self) -> list[Row]:
        return await self.store.between(self.chain.name, 0)

    async def segments(self) -> list[Segment]:
        return [kept.segment for kept in await self.store.segments(self.chain.name)]

    async def verified(self) -> str | None:
        """None where the chain is whole, else the first place where it is not."""
        try:
            await self.keeper.verify(Verification(self.chain.name))
        except Broken as broken:
            return broken.place
        return None

    def change(self, sql: str, *values: object) -> int:
        """What somebody does behind the daemon's back; to how many rows."""
        skip_but_on_sqlite(self.database)
        connection = sqlite3.connect(self.database.name)
        try:
            changed = connection.execute(sql, values).rowcount
            connection.commit()
            return changed
        finally:
            connection.close()
