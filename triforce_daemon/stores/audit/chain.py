"""The chain of audit rows: each one's hash covers the hash before it, and is bound when the row is written."""

from collections.abc import Mapping
from hashlib import sha256
from operator import itemgetter
from typing import Any, NamedTuple, TypedDict

import orjson
from sqlalchemy import select

from triforce_daemon.stores.database import Database, Rows, Write
from triforce_daemon.stores.tables import audit

#: The hash before the first row.
BEGINNING = "0" * 64
#: What a row says; its place in the chain is not part of that.
_said = itemgetter("chain", "ts", "kind", "request", "caller", "subject", "address", "document")


class Row(TypedDict):
    """A decision, as it is kept. Who it names stands there as a digest: see `names`."""

    chain: str
    number: int
    #: In ms.
    ts: int
    kind: str
    request: str | None
    #: Who decided or asked, whom it was done to, and from where.
    caller: str | None
    subject: str | None
    address: str | None
    #: JSON.
    document: str
    before: str
    hash: str


class Head(NamedTuple):
    number: int
    hash: str


def content(row: Mapping[str, Any]) -> bytes:
    """What a row says, in the one form that its hash covers."""
    return orjson.dumps(_said(row))


def hash_of(before: str, number: int, said: bytes) -> str:
    """The hash of the row of that number, which says `said` and stands behind the row of hash `before`."""
    return sha256(b"%b%d%b" % (before.encode(), number, said)).hexdigest()


class Chain:
    """One daemon's rows. The writer binds each to the row before it; see `database.Sequel`."""

    def __init__(self, name: str, database: Database) -> None:
        self.name = name
        self.head: Head | None = None
        columns = (audit.c.number, audit.c.hash)
        last = select(*columns).where(audit.c.chain == name).order_by(audit.c.number.desc()).limit(1)
        self._query = database.prepared(lambda: last)()

    @property
    def lost(self) -> bool:
        return self.head is None

    def lose(self) -> None:
        self.head = None

    @property
    def query(self) -> Write:
        return self._query

    def resume(self, rows: Rows) -> None:
        self.head = Head(*rows[0]) if rows else Head(0, BEGINNING)

    def bind(self, values: Mapping[str, object]) -> dict[str, object]:
        assert self.head is not None
        last, before = self.head
        number = last + 1
        hash = hash_of(before, number, content(values))
        self.head = Head(number, hash)
        return {**values, "number": number, "before": before, "hash": hash}
