"""Counts in Redis; while it is away a part of each limit is given out here, and what is used then is added later."""

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Any

from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.counters.counters import Ask, Lease, Past, Refusal, Remember, Scope, Standing
from triforce_daemon.stores.counters.in_memory import REMEMBERED, InMemory
from triforce_daemon.stores.counters.in_redis import InRedis, member
from triforce_daemon.stores.counters.messenger import Messenger
from triforce_daemon.stores.counters.owed import Owed
from triforce_daemon.stores.counters.periods import number
from triforce_daemon.stores.redis.faults import RedisFault, RedisUnreachable

log = logging.getLogger(__name__)

#: So often Redis is tried while it is away, or refuses what is asked of it.
PROBE_SECONDS = 1.0
#: So many leases are prolonged by one message.
_MOST = 500


class Together:
    def __init__(self, redis: InRedis, remember: Remember, clock: Clock, tasks: Tasks, share: int) -> None:
        """`share`: how many daemons there are, each of which gives out its part while Redis is away."""
        self._redis = redis
        self._ledger = remember
        self._now_ms = clock.now_ms
        self._tasks = tasks
        self._alone = InMemory(self._remember, clock, share=share)
        self._open: dict[str, Lease] = {}
        #: How scopes stood in Redis, and when.
        self._stood: dict[str, tuple[int, Standing]] = {}
        #: Something is the matter with Redis, or a message was not heard.
        self._ill = asyncio.Event()
        self._owed = Owed()
        self._messenger = Messenger(redis, self._owed, self._ill.set)
        self._trouble: str | None = None

    @property
    def trouble(self) -> str | None:
        return self._trouble

    async def start(self) -> None:
        """Count in Redis from now on, as soon as it is there."""
        await self._try(self._join())
        self._tasks.start(self._mend(), "counts")
        self._tasks.start(self._hold_on(), "leases")

    async def reserve(self, id: str, scopes: Sequence[Scope], asks: Sequence[Ask]) -> Lease | Refusal:
        if self._trouble is None:
            self._messenger.tell_along()
            try:
                found = await self._redis.reserve(id, scopes, asks)
            except RedisFault as error:
                self._degrade(error)
                self._undo(id, scopes, asks)
            except asyncio.CancelledError:
                self._undo(id, scopes, asks)
                raise
            else:
                self._found(found, scopes)
                return found
        found = await self._alone.reserve(id, scopes, asks)
        if isinstance(found, Lease):
            self._open[id] = found
            self._owed.came(found, self._now_ms())
        return found

    def reserve_ahead(self, id: str, scopes: Sequence[Scope], ask: Ask) -> asyncio.Future[Lease | None]:
        """Count a request that is yet to come, in Redis alone; None: nothing is held for it. Never fails."""
        held: asyncio.Future[Lease | None] = asyncio.get_running_loop().create_future()
        self._messenger.tell_along()
        answer = self._redis.send(id, scopes, (ask,))
        answer.add_done_callback(partial(self._answered, held, id, scopes, ask))
        return held

    def undo(self, lease: Lease) -> None:
        """The request of `lease` never came: it does not count. Never waits, and never fails."""
        self._used(lease, 0, 0)
        self._undo(lease.id, lease.scopes, ())

    def settle(self, lease: Lease, tokens: int, spend: int) -> None:
        self._used(lease, tokens, spend)
        self._messenger.tell()

    def settle_later(self, lease: Lease, tokens: int, spend: int) -> None:
        """The same where nobody is the worse for it if Redis hears of it a few milliseconds later."""
        self._used(lease, tokens, spend)
        self._messenger.tell_later()

    def _used(self, lease: Lease, tokens: int, spend: int) -> None:
        if lease.settled:
            return
        if lease.held:
            self._alone.settle(lease, tokens, spend)
        lease.settled = True
        self._open.pop(lease.id, None)
        held = member(lease.id, lease.ask) if lease.in_redis else None
        self._owed.used(lease, held, tokens, spend, self._now_ms())

    async def read(self, scopes: Sequence[Scope]) -> Sequence[Standing]:
        if self._trouble is None:
            self._messenger.tell_along()
            try:
                return await self._redis.read(scopes)
            except RedisFault as error:
                self._degrade(error)
        return await self._alone.read(scopes)

    async def forget(self, key: str) -> None:
        await self._alone.forget(key)
        await self._try(self._redis.forget(key))

    async def close(self) -> None:
        self._messenger.close()
        if self._trouble is None:
            await self._try(self._messenger.tell_all())
        await self._redis.close()

    async def _mend(self) -> None:
        """Tell Redis what it has not heard, and find it again where it is away, for ever."""
        while True:
            await self._ill.wait()
            self._ill.clear()
            await self._try(self._messenger.tell_all() if self._trouble is None else self._join())
            if self._trouble is not None:
                await asyncio.sleep(PROBE_SECONDS)

    async def _hold_on(self) -> None:
        """Prolong what is held for requests that take long, for ever."""
        while True:
            await asyncio.sleep(self._redis.lease_ms / 3_000)
            if self._trouble is None:
                await self._try(self._renew())

    async def _join(self) -> None:
        """Count in Redis again: it hears what was used without it, and what is under way."""
        self._owed.heard(await self._redis.join())
        await self._messenger.tell_all()
        await self._renew()
        if self._trouble is not None:
            log.info("redis counts again")
        self._trouble = None
        self._alone.clear()
        # Those that came while Redis heard of the others.
        self._messenger.tell()
        await self._renew()

    async def _renew(self) -> None:
        leases = [*self._open.values()]
        for first in range(0, len(leases), _MOST):
            await self._redis.renew([lease for lease in leases[first : first + _MOST] if not lease.settled])

    async def _try(self, step: Awaitable[None]) -> None:
        try:
            await step
        except RedisFault as error:
            self._degrade(error)

    def _degrade(self, error: RedisFault) -> None:
        if self._trouble is None:
            log.warning("redis does not count: a part of each limit is given out here", extra={"reason": str(error)})
        self._trouble = str(error)
        self._messenger.stop()
        self._ill.set()

    def _undo(self, id: str, scopes: Sequence[Scope], asks: Sequence[Ask]) -> None:
        """Whether Redis has counted it nobody knows; it did not come to that."""
        self._owed.undo(id, [member(id, ask) for ask in asks], scopes, self._now_ms())
        self._messenger.tell()

    def _answered(
        self,
        held: asyncio.Future[Lease | None],
        id: str,
        scopes: Sequence[Scope],
        ask: Ask,
        answer: asyncio.Future[Any],
    ) -> None:
        """Redis has answered for a request that is yet to come."""
        error, lease = answer.exception(), None
        if error is None:
            lease = self._redis.granted(id, scopes, (ask,), answer.result())
        elif isinstance(error, RedisUnreachable):
            self._degrade(error)
            self._undo(id, scopes, (ask,))
        # What else is in the way nobody is told before he asks.
        if lease is not None:
            self._found(lease, scopes)
        held.set_result(lease)

    def _found(self, found: Lease | Refusal, scopes: Sequence[Scope]) -> None:
        """So scopes stand by what Redis said."""
        if isinstance(found, Lease):
            self._open[found.id] = found
        now = self._now_ms()
        for scope, standing in zip(scopes, found.standings, strict=True):
            self._stood[scope.key] = (now, standing)
        if len(self._stood) > REMEMBERED:
            self._stood.clear()

    async def _remember(self, scope: Scope) -> Past:
        """What was used by the ledger, or by Redis where it knew more: its daemons may have ledgers of their own."""
        past, now = await self._ledger(scope), self._now_ms()
        when, stood = self._stood.get(scope.key, (0, Standing()))
        tokens = stood.tokens if number("day", when) == number("day", now) else 0
        spend = stood.spend if number(scope.period, when) == number(scope.period, now) else 0
        return Past(past.requests, max(past.tokens, tokens), max(past.spend, spend))
