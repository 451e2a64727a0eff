"""What a scope has used, by the ledger: where whoever counts begins."""

from decimal import ROUND_CEILING, Decimal

from sqlalchemy import Float, Integer, cast, func, select
from sqlalchemy.sql import ColumnElement

from triforce_daemon.runtime.clock import Clock
from triforce_daemon.stores.counters.counters import MINUTE_MS, Past, Scope
from triforce_daemon.stores.counters.periods import begin
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.ledger import since
from triforce_daemon.stores.tables import ledger
from triforce_daemon.wire.spend import NANO

#: More requests of one minute than anybody has are not read one by one.
_MOST = 100_000


class LedgerPast:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._now_ms = clock.now_ms

    async def of(self, scope: Scope) -> Past:
        """Raises StorageFailed."""
        now = self._now_ms()
        requests = await self._requests(scope.key, now) if scope.requests is not None else ()
        if scope.tokens is None and scope.spend is None:
            return Past(requests)
        day, period = begin("day", now), begin(scope.period, now)
        start = min(day, period) if scope.spend is not None else day
        tokens = ledger.c.tokens_in + ledger.c.tokens_out
        counted = ledger.c.ts >= day if scope.count_local else (ledger.c.ts >= day) & (ledger.c.local == 0)
        query = select(
            func.coalesce(func.sum(tokens * cast(counted, Integer)), 0),
            func.sum(cast(ledger.c.cost, Float) * cast(ledger.c.ts >= period, Integer)),
        ).where(_rows_of(scope.key, start))
        async with self._database.read() as connection:
            used, spent = (await connection.execute(query)).one()
        return Past(requests, int(used), _nano(spent))

    async def _requests(self, key: str, now: int) -> list[tuple[int, str]]:
        """The row of a request is written when it has ended, and tells how long it took."""
        came = ledger.c.ts - ledger.c.total_ms
        recent = _rows_of(key, now - MINUTE_MS + 1) & (came > now - MINUTE_MS)
        # Others that were asked for the same request have rows of their own: `ID.2`.
        query = select(came, ledger.c.request).where(recent, ledger.c.request.not_like("%.%"))
        async with self._database.read() as connection:
            rows = (await connection.execute(query.order_by(came).limit(_MOST))).all()
        return [(int(moment), str(request)) for moment, request in rows]


def _rows_of(key: str, start: int) -> ColumnElement[bool]:
    """Those of a scope since `start` (ms)."""
    kind, _, id = key.partition("/")
    if kind == "daemon":
        return since(start)
    if kind == "token":
        return since(start) & (ledger.c.token == id)
    return (ledger.c.client == key) & (ledger.c.ts >= start)


def _nano(dollars: float | Decimal | None) -> int:
    return int((Decimal(str(dollars or 0)) * NANO).to_integral_value(ROUND_CEILING))
