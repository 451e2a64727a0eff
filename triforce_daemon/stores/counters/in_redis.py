"""Counts that several daemons share, in Redis: each step is one script, so that nobody comes in between."""

import asyncio
import os
from collections.abc import Sequence
from functools import lru_cache
from secrets import token_hex
from typing import Any, cast

from triforce_daemon.runtime.clock import Clock
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
from triforce_daemon.stores.counters.owed import Message
from triforce_daemon.stores.counters.periods import DAY_MS, end, number
from triforce_daemon.stores.redis.connection import RedisConnection
from triforce_daemon.stores.redis.faults import RedisUnreachable
from triforce_daemon.stores.redis.script import Script
from triforce_daemon.stores.redis.wire import Word

#: What a daemon holds vanishes so long after it was last heard of.
LEASE_MS = 30_000
_DAEMON_MS = DAY_MS
_SUMS_MS = 40 * DAY_MS
_PREFIX = "triforce:count:"
#: Of so many scopes it is remembered how Redis is asked for them.
_REMEMBERED = 4_096


class InRedis:
    """Raises RedisUnreachable and RedisRefused; whoever asks knows what to do then."""

    def __init__(
        self,
        connection: RedisConnection,
        remember: Remember,
        clock: Clock,
        *,
        minute_ms: int = MINUTE_MS,
        lease_ms: int = LEASE_MS,
    ) -> None:
        self.lease_ms = lease_ms
        self._connection = connection
        self._remember = remember
        self._now_ms = clock.now_ms
        self._minute_ms = minute_ms
        self._daemon = f"{_PREFIX}by:{token_hex(8)}"
        self._generation = 0
        self._reserve, self._settle, self._renew, self._join, self._begin, self._read = (
            Script(connection, _text(name)) for name in ("reserve", "settle", "renew", "join", "begin", "read")
        )

    async def reserve(self, id: str, scopes: Sequence[Scope], asks: Sequence[Ask]) -> Lease | Refusal:
        answer: list[Any] = await self._reserve(*self._asked(id, scopes, asks))
        if (lease := self.granted(id, scopes, asks, answer)) is not None:
            return lease
        match answer[0]:
            case b"no":
                return self._refusal(scopes, answer)
            case b"unknown":
                await self._begin_with(scopes[int(answer[1])])
                return await self.reserve(id, scopes, asks)
            case b"lost":
                # Redis began anew, with nothing.
                await self.join()
                return await self.reserve(id, scopes, asks)
            case _:
                raise RedisUnreachable("the connection was given up")

    def send(self, id: str, scopes: Sequence[Scope], asks: Sequence[Ask]) -> asyncio.Future[Any]:
        """The same for whom nobody waits: the answer is for `granted` to read."""
        return self._reserve.send(*self._asked(id, scopes, asks))

    def granted(self, id: str, scopes: Sequence[Scope], asks: Sequence[Ask], answer: list[Any]) -> Lease | None:
        """What Redis holds by its answer; None: nothing."""
        if answer[0] != b"yes":
            return None
        chosen, now, told = answer[1:]
        return Lease(id, scopes, asks[int(chosen)], self._standings(scopes, told, now), in_redis=True)

    async def read(self, scopes: Sequence[Scope]) -> Sequence[Standing]:
        now = self._now_ms()
        words: list[Word] = [self._minute_ms]
        for scope in scopes:
            words += (_limit(scope.requests), now // DAY_MS, scope.shape, number(scope.period, now))
        answer: list[Any] = await self._read([key for scope in scopes for key in _keys(scope.key)], words)
        if answer[0] == b"unknown":
            await self._begin_with(scopes[int(answer[1])])
            return await self.read(scopes)
        return self._standings(scopes, answer[2], answer[1])

    async def join(self) -> int:
        """Be the daemon's only connection; the number of the last message of its that was counted."""
        self._generation += 1
        return await self._join([self._daemon], (self._generation, _DAEMON_MS))

    async def settle(self, message: Message) -> None:
        """Count what a message tells; one that was counted before is not counted twice."""
        await self._settle(*self._told(message))

    def tell(self, message: Message) -> asyncio.Future[Any]:
        """The same, once and at once, for whom nobody waits."""
        return self._settle.send(*self._told(message))

    async def renew(self, leases: Sequence[Lease]) -> None:
        """Hold on to what is held for requests under way, wherever it was reserved."""
        keys: list[str] = [self._daemon]
        words: list[Word] = [self.lease_ms, _DAEMON_MS]
        for lease in leases:
            for scope in lease.scopes:
                keys += _keys(scope.key)[1:]
                words.append(member(lease.id, lease.ask))
            lease.in_redis = True
        await self._renew(keys, words)

    async def forget(self, key: str) -> None:
        await self._connection.call("HDEL", _keys(key)[2], "d")

    async def close(self) -> None:
        await self._connection.close()

    def _asked(self, id: str, scopes: Sequence[Scope], asks: Sequence[Ask]) -> tuple[list[str], list[Word]]:
        """Keys and words of the script that reserves."""
        day = self._now_ms() // DAY_MS
        keys: list[str] = [self._daemon]
        words: list[Word] = [self._generation, id, self.lease_ms, self._minute_ms, len(asks)]
        for ask in asks:
            words += ask
        for scope in scopes:
            keys += _keys(scope.key)
            words += _limits(scope, day)
        return keys, words

    def _told(self, message: Message) -> tuple[list[str], list[Word]]:
        """Keys and words of the script that settles."""
        keys: list[str] = [self._daemon]
        words: list[Word] = [message.number]
        for debt in message.debts:
            keys += _keys(debt.scope.key)
            words.append(debt.told())
        return keys, words

    async def _begin_with(self, scope: Scope) -> None:
        past, now = await self._remember(scope), self._now_ms()
        words: list[Word] = [now // DAY_MS, past.tokens, scope.shape, number(scope.period, now), past.spend]
        words += (_SUMS_MS, self._minute_ms)
        for came, id in past.requests:
            words += (came, id)
        await self._begin(_keys(scope.key), words)

    def _refusal(self, scopes: Sequence[Scope], answer: list[Any]) -> Refusal:
        at, held, now = int(answer[1]), bool(answer[3]), int(answer[4])
        kind = cast(Kind, answer[2].decode())
        scope, standings = scopes[at], self._standings(scopes, answer[5], now)
        wait: int | None = None
        if kind == "requests":
            wait = standings[at].next_request_ms
        elif not held:
            ends = end("day" if kind == "tokens" else scope.period, now)
            wait = ends - now if ends is not None else None
        return Refusal(scope, at, kind, standings, wait, held)

    def _standings(self, scopes: Sequence[Scope], told: Sequence[Sequence[int]], now: int) -> list[Standing]:
        standings: list[Standing] = []
        for scope, one in zip(scopes, told, strict=True):
            requests, parallel, tokens, spend, held_tokens, held_spend, nth, last = one
            next_ms = 0
            if scope.requests is not None and requests >= scope.requests:
                next_ms = max(nth + self._minute_ms - now, 1) if nth else self._minute_ms
            reset_ms = last + self._minute_ms - now if requests else 0
            standing = Standing(requests, parallel, tokens + held_tokens, spend + held_spend, next_ms, reset_ms)
            standings.append(standing)
        return standings


def _text(name: str) -> str:
    """A script, after what all of them know."""
    return "\n".join(_file(part) for part in ("scope", name))


def _file(name: str) -> str:
    with open(os.path.join(os.path.dirname(__file__), "lua", f"{name}.lua"), encoding="utf-8") as file:
        return file.read()


@lru_cache(maxsize=_REMEMBERED)
def _keys(scope: str) -> tuple[str, str, str]:
    """Its minute, its leases, its sums."""
    return f"{_PREFIX}{scope}:minute", f"{_PREFIX}{scope}:leases", f"{_PREFIX}{scope}:sums"


@lru_cache(maxsize=_REMEMBERED)
def _limits(scope: Scope, day: int) -> Sequence[Word]:
    """What the script that reserves is told of a scope."""
    limits = (scope.requests, scope.parallel, scope.tokens, scope.spend)
    return *map(_limit, limits), day, scope.shape, number(scope.period, day * DAY_MS)


def member(id: str, ask: Ask) -> str:
    """How what a request holds is written down."""
    return f"{id}|{ask.tokens}|{ask.spend}"


def _limit(limit: int | None) -> int:
    return -1 if limit is None else limit
