"""What was used, by whom: one row a request, on disk before the answer ends."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import NamedTuple

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Forbidden
from triforce_daemon.runtime.clock import Clock, rfc3339, start_of_day_ms
from triforce_daemon.runtime.logs import current_listener
from triforce_daemon.services.moments import moment_of
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.ledger import Entry, LedgerStore
from triforce_daemon.wire.audit import RouteAttempt
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.status import UsageToday
from triforce_daemon.wire.usage import UsageKey, UsageList

WEEK_MS = 7 * 86_400_000


#: What the audit repeats of a ledger's row.
_REPEATED = ("provider", "model", "state", "error", "tokens_in", "tokens_out", "cost", "currency", "total_ms")
_repeated = itemgetter(*_REPEATED)
#: Nobody's model has a longer name; what was pasted into its place is not kept.
_LONGEST_NAME = 200


class Asked(NamedTuple):
    """What the audit tells of a request beside its row of the ledger: never what was said."""

    caller: Caller
    #: The model, or the alias, that was named.
    model: str
    boundary: Boundary
    #: Who was asked, one after the other.
    route: Sequence[RouteAttempt] = ()
    #: It broke off after its beginning was sent.
    truncated: bool = False


class Ledger:
    def __init__(self, database: Database, trail: Trail, clock: Clock, called: Callable[[str], str] = str,
        account_of: Callable[[str], str] = str) -> None:  # fmt: skip
        """`called` is what a person calls an account, `account_of` the account that a person means."""
        self._trail = trail
        self._called = called
        self._account_of = account_of
        self._database = database
        self._store = LedgerStore(database)
        self._clock = clock

    def row(self, entry: Entry) -> Write:
        """The write that adds a row, to be committed together with another one's."""
        return self._store.row(entry)

    async def record(self, entry: Entry, asked: Asked, *also: Write) -> None:
        """Commit the row together with its audit record and `also`; on disk when this returns. Raises StorageFailed."""
        audited = await self._trail.row(
            "request", _document(entry, asked), caller=entry["client"], request=entry["request"]
        )
        await self._database.write(self._store.row(entry), audited, *also)

    async def usage(self, caller: Caller, by: UsageKey, since: str | None, client: str | None = None) -> UsageList:
        """What was used since `since` (RFC 3339; default: seven days ago).

        The owner and admins see everybody's, or that of `client` alone. Raises InvalidRequest, Forbidden.
        """
        start = moment_of(since) if since else self._clock.now_ms() - WEEK_MS
        items = await self._store.summary(by, start, self._whose(caller, client))
        if by == "client":
            for item in items:
                item["key"] = self._called(item["key"])
        return UsageList(schema="triforce.usage.list/1", by=by, since=rfc3339(start), items=items, next=None)

    def _whose(self, caller: Caller, client: str | None) -> str | None:
        """The account whose usage is meant; None: everybody's."""
        wanted = self._account_of(client) if client is not None else None
        if caller.is_admin:
            return wanted
        if wanted not in (None, caller.account):
            raise Forbidden("What others use is for admins to see.", "Leave out the client to see what you used.")
        return caller.account

    async def tokens_today(self) -> dict[str, int]:
        """How many tokens each account has used since midnight (UTC), for who may see everybody's."""
        items = await self._store.summary("client", start_of_day_ms(self._clock.now_ms()))
        return {item["key"]: item["tokens_in"] + item["tokens_out"] for item in items}

    async def today(self, caller: Caller) -> UsageToday:
        """What was used since midnight (UTC): everybody's for the owner and admins, else the caller's own."""
        client = None if caller.is_admin else caller.account
        total = await self._store.total(start_of_day_ms(self._clock.now_ms()), client)
        return UsageToday(
            requests=total["requests"],
            tokens_in=total["tokens_in"],
            tokens_out=total["tokens_out"],
            errors=total["errors"],
        )


def _document(entry: Entry, asked: Asked) -> dict[str, object]:
    caller = asked.caller
    return {
        "asked": asked.model[:_LONGEST_NAME],
        "listener": current_listener.get(),
        "token": caller.token,
        "login": caller.login,
        "boundary": asked.boundary,
        "route": asked.route,
        "truncated": asked.truncated,
        "estimated": bool(entry["estimated"]),
        **dict(zip(_REPEATED, _repeated(entry), strict=True)),
    }
