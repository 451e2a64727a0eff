"""Has the next request of whoever asks often counted while one is answered: it need not wait for Redis then.

What is held for it is held as for any other, so that no limit is exceeded by it; where it does not come, it is taken
back. Only who has used less than the half of each limit has something held: it is nobody else's for that long.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Protocol

from triforce_daemon.runtime.clock import Clock
from triforce_daemon.stores.counters.counters import Ask, Counting, Lease, Refusal, Scope, Standing

#: Who asks again within this time asks often; what is held for him longer in vain is taken back.
OFTEN_MS = 200
#: So many callers are remembered.
REMEMBERED = 10_000


class Ahead(Counting, Protocol):
    def reserve_ahead(self, id: str, scopes: Sequence[Scope], ask: Ask) -> asyncio.Future[Lease | None]:
        """Count a request that is yet to come; None: nothing is held for it. Never waits, and never fails."""
        ...

    def settle_later(self, lease: Lease, tokens: int, spend: int) -> None:
        """As `settle`, but others may hear of it a few milliseconds later. Never waits, and never fails."""
        ...

    def undo(self, lease: Lease) -> None:
        """The request of `lease` never came: it does not count. Never waits, and never fails."""
        ...


@dataclass(slots=True)
class _Caller:
    scopes: Sequence[Scope]
    came_ms: int = -OFTEN_MS
    #: What is held for his next request, or is about to be.
    held: asyncio.Future[Lease | None] | None = None
    held_ms: int = 0


class Foresight:
    """Counts as `counters` do."""

    def __init__(self, counters: Ahead, clock: Clock) -> None:
        self._counters = counters
        self._now_ms = clock.now_ms
        #: By the identity of their scopes: an allowance has the same ones until it is another.
        self._callers: dict[int, _Caller] = {}
        self._timer: asyncio.TimerHandle | None = None
        #: Of no other daemon: each is counted once.
        self._name = f"next-{token_hex(8)}"
        self._number = 0

    @property
    def trouble(self) -> str | None:
        return self._counters.trouble

    async def reserve(self, id: str, scopes: Sequence[Scope], asks: Sequence[Ask]) -> Lease | Refusal:
        caller = self._caller(scopes)
        now = self._now_ms()
        often, caller.came_ms = now - caller.came_ms < OFTEN_MS, now
        held, caller.held = caller.held, None
        found: Lease | Refusal | None = None
        if held is not None:
            found = held.result() if held.done() else await self._coming(held)
            if found is not None and not _enough(found.ask, asks):
                self._counters.undo(found)
                found = None
        if found is None:
            found = await self._counters.reserve(id, scopes, asks)
        if often and isinstance(found, Lease):
            # By the next turn of the loop it has gone to its provider, and there is time.
            asyncio.get_running_loop().call_soon(self._foresee, found)
        return found

    def settle(self, lease: Lease, tokens: int, spend: int) -> None:
        caller = self._callers.get(id(lease.scopes))
        if caller is None or (held := caller.held) is None or (held.done() and held.result() is None):
            self._counters.settle(lease, tokens, spend)
        else:
            # A moment ago he was far from his limits.
            self._counters.settle_later(lease, tokens, spend)

    async def read(self, scopes: Sequence[Scope]) -> Sequence[Standing]:
        return await self._counters.read(scopes)

    async def forget(self, key: str) -> None:
        await self._counters.forget(key)

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for caller in [*self._callers.values()]:
            if caller.held is not None and (lease := await caller.held) is not None:
                self._counters.undo(lease)
        await self._counters.close()

    def _caller(self, scopes: Sequence[Scope]) -> _Caller:
        caller = self._callers.get(id(scopes))
        if caller is None:
            if len(self._callers) >= REMEMBERED:
                self._callers = {key: known for key, known in self._callers.items() if known.held is not None}
            caller = self._callers[id(scopes)] = _Caller(scopes)
        return caller

    def _foresee(self, lease: Lease) -> None:
        """Have the one after that of `lease` counted, where that cannot keep out anybody."""
        caller = self._callers.get(id(lease.scopes))
        if caller is None or caller.held is not None or self._counters.trouble is not None:
            return
        if all(map(_far, lease.scopes, lease.standings)):
            self._number += 1
            caller.held = self._counters.reserve_ahead(f"{self._name}-{self._number}", lease.scopes, lease.ask)
            caller.held_ms = caller.came_ms
            if self._timer is None:
                self._look_again()

    async def _coming(self, held: asyncio.Future[Lease | None]) -> Lease | None:
        """What is about to be held, for somebody who has come before it."""
        try:
            return await asyncio.shield(held)
        except asyncio.CancelledError:
            # He has left meanwhile.
            held.add_done_callback(self._undo)
            raise

    def _undo(self, held: asyncio.Future[Lease | None]) -> None:
        if (lease := held.result()) is not None:
            self._counters.undo(lease)

    def _look_again(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(OFTEN_MS / 1_000, self._look)

    def _look(self) -> None:
        """Take back what nobody came for."""
        self._timer = None
        late = self._now_ms() - OFTEN_MS
        holding = [caller for caller in self._callers.values() if caller.held is not None]
        for caller in holding:
            if caller.held is not None and caller.held_ms <= late:
                caller.held.add_done_callback(self._undo)
                caller.held = None
        if holding:
            self._look_again()


def _enough(held: Ask, asks: Sequence[Ask]) -> bool:
    """Whether it does for each of them."""
    return asks.count(held) == len(asks) or all(ask.tokens <= held.tokens and ask.spend <= held.spend for ask in asks)


def _far(scope: Scope, stands: Standing) -> bool:
    """Whether the half of each limit is left."""
    return (
        (scope.requests is None or stands.requests * 2 <= scope.requests)
        and (scope.parallel is None or stands.parallel * 2 <= scope.parallel)
        and (scope.tokens is None or stands.tokens * 2 <= scope.tokens)
        and (scope.spend is None or stands.spend * 2 <= scope.spend)
    )
