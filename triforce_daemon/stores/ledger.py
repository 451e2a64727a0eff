"""The ledger's rows: what each request used. They are only ever added."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypedDict

from sqlalchemy import (
    BigInteger,
    Float,
    Integer,
    bindparam,
    cast,
    func,
    insert,
    literal,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.sql import ColumnElement

from triforce_daemon.runtime.clock import DAY_MS, rfc3339
from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.tables import ledger
from triforce_daemon.wire.usage import UsageItem, UsageKey

#: Money is added up in millionths of a millionth.
_UNITS = 10**12


def since(moment: int) -> ColumnElement[bool]:
    """Everybody's rows since `moment` (ms), found client by client: there is no other index.

    Who the clients are is found by the same index, from each to the next.
    """
    first = select(func.min(ledger.c.client).label("name")).cte("clients", recursive=True)
    later = select(func.min(ledger.c.client)).where(ledger.c.client > first.c.name).scalar_subquery()
    clients = first.union_all(select(later).where(first.c.name.is_not(None)))
    return ledger.c.client.in_(select(clients.c.name).where(clients.c.name.is_not(None))) & (ledger.c.ts >= moment)


class Entry(TypedDict):
    """One request, as it is kept."""

    request: str
    ts: int
    client: str
    session: str | None
    provider: str
    model: str
    tokens_in: int
    tokens_out: int
    estimated: int
    cost: str | None
    currency: str | None
    state: str
    error: str | None
    first_token_ms: int | None
    total_ms: int
    #: The id of the token that was shown.
    token: str | None
    local: int


class LedgerStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = database.prepared(lambda: insert(ledger))
        of = update(ledger).where(ledger.c.client == bindparam("of"))
        # A session's id is as good as a name for whoever knew it.
        nameless = of.values(client=bindparam("to"), session=null(), token=null())
        self._rename = database.prepared(lambda: nameless.returning(ledger.c.request))

    def row(self, entry: Entry) -> Write:
        """The write that adds `entry`; to be committed together with what it pays for."""
        return self._insert(**entry)

    def without_name(self, client: str, pseudonym: str) -> Write:
        """The write after which its rows name nobody; it returns their requests."""
        return self._rename(of=client, to=pseudonym)

    async def summary(self, by: UsageKey, start: int, client: str | None = None) -> list[UsageItem]:
        """What was used since `start` (ms), added up by `by`, the largest first."""
        key = _key(by)
        query = (
            select(key.label("key"), *_sums())
            .where(_of(client, start))
            .group_by(key)
            .order_by(key if by == "day" else func.sum(ledger.c.tokens_in + ledger.c.tokens_out).desc())
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [_item(row, by) for row in rows]

    async def total(self, start: int, client: str | None = None) -> UsageItem:
        """Everything since `start` (ms) in one item, of one client or of all."""
        query = select(literal("all").label("key"), *_sums()).where(_of(client, start))
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().one()
        return _item(row)


def _of(client: str | None, start: int) -> ColumnElement[bool]:
    return since(start) if client is None else (ledger.c.client == client) & (ledger.c.ts >= start)


def _item(row: Mapping[Any, Any], by: UsageKey | None = None) -> UsageItem:
    return UsageItem(
        key=rfc3339(row["key"] * DAY_MS)[:10] if by == "day" else row["key"],
        requests=row["requests"],
        tokens_in=int(row["tokens_in"]),
        tokens_out=int(row["tokens_out"]),
        cost=_decimal(row["cost"]),
        currency=row["currency"],
        unpriced=int(row["unpriced"]),
        errors=int(row["errors"]),
    )


def _decimal(units: int | Decimal | None) -> str | None:
    """Without an exponent and without needless zeros."""
    return None if units is None else format((Decimal(units) / _UNITS).normalize() + 0, "f")


def _sums() -> list[ColumnElement[Any]]:
    # Whole numbers add up exactly, and a sum of them is as exact as its parts.
    units = cast(func.round(cast(ledger.c.cost, Float) * _UNITS), BigInteger)
    used = ledger.c.tokens_in + ledger.c.tokens_out > 0
    return [
        func.sum(units).label("cost"),
        func.max(ledger.c.currency).label("currency"),
        func.coalesce(func.sum(cast(ledger.c.cost.is_(None) & used, Integer)), 0).label("unpriced"),
        func.count(ledger.c.request).label("requests"),
        func.coalesce(func.sum(ledger.c.tokens_in), 0).label("tokens_in"),
        func.coalesce(func.sum(ledger.c.tokens_out), 0).label("tokens_out"),
        func.coalesce(func.sum(cast(ledger.c.state == "failed", Integer)), 0).label("errors"),
    ]


def _key(by: UsageKey) -> ColumnElement[Any]:
    columns: dict[str, ColumnElement[Any]] = {
        "model": ledger.c.model,
        "provider": ledger.c.provider,
        "client": ledger.c.client,
        # No parameters: PostgreSQL would take the key of a group for another one than what is selected.
        "session": func.coalesce(ledger.c.session, literal_column("'-'")),
        "day": ledger.c.ts // literal_column(str(DAY_MS), Integer()),
    }
    return columns[by]
