"""Counts of one daemon, in its memory; what was used before it started the ledger tells, when it is first needed."""

import asyncio
from collections.abc import Sequence

from triforce_daemon.runtime.clock import Clock
from triforce_daemon.stores.counters.count import Count
from triforce_daemon.stores.counters.counters import (
    MINUTE_MS,
    Ask,
    Kind,
    Lease,
    Refusal,
    Remember,
    Scope,
    Standing,
)

#: So many scopes are remembered; of those that have nothing under way the oldest go first.
REMEMBERED = 20_000


class InMemory:
    def __init__(self, remember: Remember, clock: Clock, *, minute_ms: int = MINUTE_MS, share: int = 1) -> None:
        """`share`: of what is left of a limit only this part is given out: with 2 the half."""
        self._remember = remember
        self._now_ms = clock.now_ms
        self._minute_ms = minute_ms
        self._share = share
        self._counts: dict[str, Count] = {}
        self._loading: dict[str, asyncio.Lock] = {}

    @property
    def trouble(self) -> str | None:
        return None

    async def reserve(self, id: str, scopes: Sequence[Scope], asks: Sequence[Ask]) -> Lease | Refusal:
        pairs = self._known(scopes) or await self._loaded(scopes)
        # From here on nobody comes in between.
        now, minute, share = self._now_ms(), self._minute_ms, self._share
        for scope, count in pairs:
            count.roll(now, minute)
            if kind := count.in_the_way(scope, share):
                return self._refusal(pairs, scope, count, kind, asks[-1], now)
        lacking = None
        for ask in asks:
            lacking = _lacking(pairs, ask, share)
            if lacking is None:
                standings = [count.hold(scope, ask, now, minute) for scope, count in pairs]
                return Lease(id, scopes, ask, standings, pairs)
        assert lacking is not None, "something is asked for"
        return self._refusal(pairs, *lacking, asks[-1], now)

    def settle(self, lease: Lease, tokens: int, spend: int) -> None:
        if lease.settled:
            return
        lease.settled = True
        for _, count in lease.held:
            count.let_go(lease.ask, tokens, spend)

    async def read(self, scopes: Sequence[Scope]) -> Sequence[Standing]:
        pairs = await self._loaded(scopes)
        now = self._now_ms()
        for _, count in pairs:
            count.roll(now, self._minute_ms)
        return [count.standing(scope, now, self._minute_ms) for scope, count in pairs]

    async def forget(self, key: str) -> None:
        if key in self._counts:
            self._counts[key].shape = ""

    async def close(self) -> None:
        return

    def clear(self) -> None:
        """Begin anew with everybody; what is under way lets go of what nobody looks at any more."""
        self._counts.clear()

    def _known(self, scopes: Sequence[Scope]) -> Sequence[tuple[Scope, Count]] | None:
        """Each with its count; None where not all of them are known."""
        pairs: list[tuple[Scope, Count]] = []
        for scope in scopes:
            count = self._counts.get(scope.key)
            if count is None or count.shape != scope.shape:
                return None
            pairs.append((scope, count))
        return pairs

    async def _loaded(self, scopes: Sequence[Scope]) -> Sequence[tuple[Scope, Count]]:
        # While one is loaded, another one may be forgotten.
        while (pairs := self._known(scopes)) is None:
            for scope in scopes:
                await self._load(scope)
        return pairs

    async def _load(self, scope: Scope) -> None:
        lock = self._loading.setdefault(scope.key, asyncio.Lock())
        try:
            async with lock:
                count = self._counts.get(scope.key)
                if count is None or count.shape != scope.shape:
                    past = await self._remember(scope)
                    count = self._counts.setdefault(scope.key, Count())
                    count.begin(scope, past, self._now_ms())
                    self._make_room()
        finally:
            self._loading.pop(scope.key, None)

    def _make_room(self) -> None:
        if len(self._counts) > REMEMBERED:
            idle = [key for key, count in self._counts.items() if not count.parallel]
            for key in idle[: REMEMBERED // 10]:
                del self._counts[key]

    def _refusal(
        self, pairs: Sequence[tuple[Scope, Count]], scope: Scope, count: Count, kind: Kind, ask: Ask, now: int
    ) -> Refusal:
        wait, held = count.wait_ms(scope, kind, ask, now, self._minute_ms)
        standings = [of.standing(own, now, self._minute_ms) for own, of in pairs]
        return Refusal(scope, pairs.index((scope, count)), kind, standings, wait, held)


def _lacking(pairs: Sequence[tuple[Scope, Count]], ask: Ask, share: int) -> tuple[Scope, Count, Kind] | None:
    """The first scope that has not got what is asked for, and what that is."""
    for scope, count in pairs:
        kind = count.lacks(scope, ask, share)
        if kind is not None:
            return scope, count, kind
    return None
