"""Has the next request of whoever asks often counted before it comes: it need not wait for Redis then.

What is held for it is held as for any other, so that no limit is exceeded by it; where it does not come, it is taken
back. Only who has used less than the half of each limit has something held: it is nobody else's for that long.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Protocol

from triforce_daemon.errors import TriforceError
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.counters.counters import Ask, Counting, Lease, Refusal, Scope, Standing

#: Who asks again within this time asks often; what is held for him longer in vain is taken back.
OFTEN_MS = 200
#: So many callers are remembered.
REMEMBERED = 10_000


class Countermanding(Counting, Protocol):
    def undo(self, lease: Lease) -> None:
        """The request of `lease` never came: it does not count. Never waits, and never fails."""
        ...


@dataclass(slots=True)
class _Caller:
    scopes: Sequence[Scope]
    came_ms: int = -OFTEN_MS
    often: bool = False
    #: What is held for his next request, or is about to be.
    held: asyncio.Task[Lease | None] | None = None
    held_ms: int = 0


class Foresight:
    """Counts as `counters` do."""

    def __init__(self, counters: Countermanding, tasks: Tasks, clock: Clock) -> None:
        self._counters = counters
        self._tasks = tasks
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
        if caller.held is not None and (lease := await self._taken(caller)) is not None:
            if all(ask.tokens <= lease.ask.tokens and ask.spend <= lease.ask.spend for ask in asks):
                return lease
            self._counters.undo(lease)
        return await self._counters.reserve(id, scopes, asks)

    def foresee(self, lease: Lease) -> None:
        caller = self._callers.get(id(lease.scopes))
        if caller is None or not caller.often or caller.held is not None or self.trouble is not None:
            return
        if all(map(_far, lease.scopes, lease.standings)):
            self._number += 1
            caller.held = self._tasks.start(self._hold(f"{self._name}-{self._number}", lease), "next request")
            caller.held_ms = self._now_ms()
            if self._timer is None:
                self._look_again()

    def settle(self, lease: Lease, tokens: int, spend: int) -> None:
        self._counters.settle(lease, tokens, spend)

    async def read(self, scopes: Sequence[Scope]) -> Sequence[Standing]:
        return await self._counters.read(scopes)

    async def forget(self, key: str) -> None:
        await self._counters.forget(key)

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for caller in [*self._callers.values()]:
            await self._take_back(caller)
        await self._counters.close()

    def _caller(self, scopes: Sequence[Scope]) -> _Caller:
        """Who asks, and how often he does."""
        caller = self._callers.get(id(scopes))
        if caller is None:
            if len(self._callers) >= REMEMBERED:
                self._callers = {key: known for key, known in self._callers.items() if known.held is not None}
            caller = self._callers[id(scopes)] = _Caller(scopes)
        now = self._now_ms()
        caller.often = now - caller.came_ms < OFTEN_MS
        caller.came_ms = now
        return caller

    async def _hold(self, id: str, lease: Lease) -> Lease | None:
        try:
            found = await self._counters.reserve(id, lease.scopes, [lease.ask])
        except TriforceError:
            # The next one will be told, if it is still so.
            return None
        return found if isinstance(found, Lease) else None

    async def _taken(self, caller: _Caller) -> Lease | None:
        """What was held for him, which is his now."""
        held, caller.held = caller.held, None
        if held is None or held.cancelled():
            return None
        try:
            return held.result() if held.done() else await asyncio.shield(held)
        except asyncio.CancelledError:
            # Who asks has left meanwhile.
            held.add_done_callback(self._undo)
            raise

    def _undo(self, held: asyncio.Task[Lease | None]) -> None:
        if not held.cancelled() and (lease := held.result()) is not None:
            self._counters.undo(lease)

    async def _take_back(self, caller: _Caller) -> None:
        lease = await self._taken(caller)
        if lease is not None:
            self._counters.undo(lease)

    def _look_again(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(OFTEN_MS / 1_000, self._look)

    def _look(self) -> None:
        """Take back what nobody came for."""
        self._timer = None
        late = self._now_ms() - OFTEN_MS
        holding = [caller for caller in self._callers.values() if caller.held is not None]
        for caller in holding:
            if caller.held_ms <= late:
                self._tasks.start(self._take_back(caller), "in vain")
        if holding:
            self._look_again()


def _far(scope: Scope, stands: Standing) -> bool:
    """Whether the half of each limit is left."""
    return (
        (scope.requests is None or stands.requests * 2 <= scope.requests)
        and (scope.parallel is None or stands.parallel * 2 <= scope.parallel)
        and (scope.tokens is None or stands.tokens * 2 <= scope.tokens)
        and (scope.spend is None or stands.spend * 2 <= scope.spend)
    )
