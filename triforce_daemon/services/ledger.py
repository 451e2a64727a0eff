"""What was used, by whom: one row a request, on disk before the answer ends."""

from collections.abc import Callable

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidRequest
from triforce_daemon.runtime.clock import Clock, parse_rfc3339, rfc3339, start_of_day_ms
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.ledger import Entry, LedgerStore
from triforce_daemon.stores.writer import Write
from triforce_daemon.wire.status import UsageToday
from triforce_daemon.wire.usage import UsageKey, UsageList

WEEK_MS = 7 * 86_400_000


class Ledger:
    def __init__(self, database: Database, clock: Clock, called: Callable[[str], str] = str) -> None:
        """`called` is what a person calls an account."""
        self._called = called
        self._database = database
        self._store = LedgerStore(database)
        self._clock = clock

    def row(self, entry: Entry) -> Write:
        """The write that adds a row, to be committed together with another one's."""
        return self._store.row(entry)

    async def record(self, entry: Entry, *also: Write) -> None:
        """Commit the row together with `also`; on disk when this returns. Raises StorageFailed."""
        await self._database.write(self._store.row(entry), *also)

    async def usage(self, caller: Caller, by: UsageKey, since: str | None) -> UsageList:
        """What was used since `since` (RFC 3339; default: seven days ago); the owner and admins see everybody's."""
        start = _moment(since) if since else self._clock.now_ms() - WEEK_MS
        client = None if caller.is_admin else caller.account
        items = await self._store.summary(by, start, client)
        if by == "client":
            for item in items:
                item["key"] = self._called(item["key"])
        return UsageList(schema="triforce.usage.list/1", by=by, since=rfc3339(start), items=items, next=None)

    async def today(self) -> UsageToday:
        total = await self._store.total(start_of_day_ms(self._clock.now_ms()))
        return UsageToday(
            requests=total["requests"],
            tokens_in=total["tokens_in"],
            tokens_out=total["tokens_out"],
            errors=total["errors"],
        )


def _moment(text: str) -> int:
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise InvalidRequest(f"`{text}` is no date.", "Write it as 2026-11-23T15:00:00Z.") from None
