"""What a caller may use, and what is left of it: as he is shown it."""

from collections.abc import Iterator

from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.access.rate_limiter import RateLimiter
from triforce_daemon.access.users import Users
from triforce_daemon.errors import Conflict, Forbidden, NotFound
from triforce_daemon.runtime.clock import Clock, rfc3339, when
from triforce_daemon.runtime.near import near
from triforce_daemon.stores.counters.counters import Scope, Standing
from triforce_daemon.stores.counters.periods import begin, end
from triforce_daemon.wire.limits import Limit, LimitList
from triforce_daemon.wire.spend import dollars
from triforce_daemon.wire.status import Health
from triforce_daemon.wire.users import TierPage

_CALLED = {"user": "account", "guest": "guests"}


class LimitDesk:
    def __init__(self, limiter: RateLimiter, users: Users, clock: Clock) -> None:
        self._limiter = limiter
        self._users = users
        self._clock = clock

    async def page(self, caller: Caller, user: str | None = None) -> LimitList:
        """The caller's limits; those of an account, for admins. Raises Forbidden, NotFound, Conflict, StorageFailed."""
        whose = caller if user is None else self._somebody(caller, user)
        return LimitList(schema="triforce.usage.limits/1", items=await self.left(whose), next=None)

    def ills(self) -> list[Health]:
        """What keeps limits from being exact."""
        trouble = self._limiter.counters.trouble
        if trouble is None:
            return []
        message = f"Redis does not count ({trouble}): a part of each limit is given out here."
        return [Health(code="redis.away", severity="warning", message=message, fix="See `triforce doctor`.")]

    async def tier(self, caller: Caller) -> TierPage:
        """The caller's tier, how long he has it, and what is left. Raises StorageFailed."""
        row = self._users.get(caller.user) if caller.user is not None else None
        name = caller.tier.name if caller.tier is not None else None
        limits = next((item for item in self._users.tiers.page()["items"] if item["name"] == name), None)
        ends = row["tier_expires"] if row is not None and row["tier"] == name else None
        return TierPage(
            schema="triforce.auth.tier/1",
            tier=name,
            limits=limits,
            expires=when(ends),
            left=await self.left(caller),
        )

    def _somebody(self, caller: Caller, user: str) -> Caller:
        row = self._users.get(user) or self._users.named(user)
        if not caller.is_admin:
            if row is not None and row["id"] == caller.user:
                return caller
            raise Forbidden("What others may use is for admins to see.", "Leave out the user to see your own.")
        if row is None:
            alike = near(user, [row["name"] for row in self._users.all()])
            raise NotFound(f"There is no user {user!r}.", "See `triforce users list`.", near=alike)
        found = self._users.caller_of(row["id"], self._clock.now_ms())
        if isinstance(found, Stranger):
            raise Conflict(f"{row['name']} is disabled, and may use nothing.", "`triforce users enable` lets him in.")
        return found

    async def left(self, caller: Caller) -> list[Limit]:
        """What is left of somebody's limits; nothing where none limits him. Raises StorageFailed."""
        allowance = self._limiter.allowance(caller)
        if not allowance.scopes:
            return []
        standings = await self._limiter.standings(allowance)
        now = self._clock.now_ms()
        pairs = zip(allowance.scopes, standings, strict=True)
        return [limit for scope, stands in pairs for limit in _limits(scope, stands, now)]


def _limits(scope: Scope, stands: Standing, now: int) -> Iterator[Limit]:
    kind = scope.key.partition("/")[0]
    name = _CALLED.get(kind, kind)
    if scope.requests is not None:
        left = max(scope.requests - stands.requests, 0)
        resets = when(now + stands.no_request_ms) if stands.requests else None
        empty = rfc3339(now) if not left else None
        yield Limit(
            scope=name, kind="requests", window="minute", limit=scope.requests, used=stands.requests, remaining=left,
            resets_at=resets, empty_at=empty,
        )  # fmt: skip
    if scope.parallel is not None:
        left = max(scope.parallel - stands.parallel, 0)
        yield Limit(
            scope=name, kind="parallel", window="now", limit=scope.parallel, used=stands.parallel, remaining=left,
            resets_at=None, empty_at=rfc3339(now) if not left else None,
        )  # fmt: skip
    if scope.tokens is not None:
        left = max(scope.tokens - stands.tokens, 0)
        begins, ends = begin("day", now), end("day", now)
        yield Limit(
            scope=name, kind="tokens", window="day", limit=scope.tokens, used=stands.tokens, remaining=left,
            resets_at=when(ends), empty_at=_empty(stands.tokens, left, begins, ends, now),
        )  # fmt: skip
    if scope.spend is not None:
        left = max(scope.spend - stands.spend, 0)
        begins, ends = begin(scope.period, now), end(scope.period, now)
        yield Limit(
            scope=name, kind="spend", window=scope.period, limit=dollars(scope.spend), used=dollars(stands.spend),
            remaining=dollars(left), resets_at=when(ends), empty_at=_empty(stands.spend, left, begins, ends, now),
        )  # fmt: skip


def _empty(used: int, left: int, begins: int, ends: int | None, now: int) -> str | None:
    """When nothing is left if as much is used as so far; of what never ends nobody knows how fast it goes."""
    if not left:
        return rfc3339(now)
    if not used or ends is None:
        return None
    moment = now + left * max(now - begins, 1) // used
    return rfc3339(moment) if moment < ends else None
