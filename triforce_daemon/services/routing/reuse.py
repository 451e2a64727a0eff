"""Answers that their callers let be used again: for the same question of the same caller, and for nobody else."""

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, NamedTuple

import orjson

from triforce_daemon.access.boundary import narrower
from triforce_daemon.access.remaining import Header
from triforce_daemon.providers.single_flight import SingleFlight
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.ledger import Asked, Ledger
from triforce_daemon.services.quota import Quota
from triforce_daemon.services.routing.call import Call
from triforce_daemon.stores.ledger import Entry

#: What an answer takes beside its content: its key, its headers, its place among the others.
OVERHEAD = 1_000

#: `made`: asked for now; `joined`: another request for the same was under way; `hit`: kept from an earlier one.
How = Literal["made", "joined", "hit"]


class Kept(NamedTuple):
    """A whole answer in its client's words, and who gave it."""

    content: bytes
    provider: str
    model: str
    headers: Sequence[tuple[bytes, bytes]]
    made_ms: int

    @property
    def size(self) -> int:
        """Bytes in memory, about."""
        return len(self.content) + sum(len(name) + len(value) for name, value in self.headers) + OVERHEAD


class Reuse:
    """Keeps answers in memory, the least used going first where room is short."""

    def __init__(self, tasks: Tasks, ledger: Ledger, quota: Quota, clock: Clock, room_bytes: int) -> None:
        self._tasks = tasks
        self._quota = quota
        self._ledger = ledger
        self._clock = clock
        self.room = room_bytes
        self._used = 0
        self._kept: OrderedDict[bytes, Kept] = OrderedDict()
        self._flights: dict[bytes, SingleFlight[Kept]] = {}

    async def answer(
        self, call: Call, seconds: int, make: Callable[[], Awaitable[Kept]]
    ) -> tuple[Kept, How, Sequence[Header]]:
        """The answer to `call`: one that is at most `seconds` old, one that is under way, or what `make` returns.

        Raises LimitReached, and what `make` raises; a failure is never kept. What cost nothing is a request all the
        same: it is written to the ledger as that, and the last of the three tells what is left of them.
        """
        key = _key(call)
        kept = self._kept.get(key)
        if kept is not None and self._clock.now_ms() - kept.made_ms <= seconds * 1_000:
            self._kept.move_to_end(key)
            left = await self._count(call)
            await self._ledger.record(self._for_nothing(call, kept), _asked(call))
            return kept, "hit", left
        if key not in self._flights:
            return await self._made(key, make), "made", ()
        left = await self._count(call)
        kept = await self._made(key, make)
        await self._ledger.record(self._for_nothing(call, kept), _asked(call))
        return kept, "joined", left

    async def _count(self, call: Call) -> Sequence[Header]:
        hold = await self._quota.count(call.caller, call.request_id)
        hold.settle()
        return hold.headers

    async def _made(self, key: bytes, make: Callable[[], Awaitable[Kept]]) -> Kept:
        flight = self._flights.setdefault(key, SingleFlight(self._tasks, "one answer for many"))

        async def work(_: object) -> Kept:
            kept = await make()
            self._keep(key, kept)
            return kept

        try:
            return await flight.join(work, lambda _: None)
        finally:
            # Who leaves early leaves it to the others.
            if self._flights.get(key) is flight and not flight.running:
                del self._flights[key]

    def _keep(self, key: bytes, kept: Kept) -> None:
        before = self._kept.pop(key, None)
        self._used += kept.size - (before.size if before is not None else 0)
        self._kept[key] = kept
        while self._used > self.room:
            _, dropped = self._kept.popitem(last=False)
            self._used -= dropped.size

    def _for_nothing(self, call: Call, kept: Kept) -> Entry:
        return Entry(
            request=call.request_id,
            ts=self._clock.now_ms(),
            client=call.caller.account,
            session=None,
            provider=kept.provider,
            model=kept.model,
            tokens_in=0,
            tokens_out=0,
            estimated=0,
            cost="0",
            currency="USD",
            state="done",
            error=None,
            first_token_ms=None,
            total_ms=0,
            token=call.caller.token,
            local=0,
        )


def _asked(call: Call) -> Asked:
    """Nobody was asked for it again."""
    return Asked(call.caller, call.request.model, narrower(call.boundary, call.caller.boundary))


def _key(call: Call) -> bytes:
    """What makes two requests the same: who asks, in which words, for what, and how far it may travel."""
    caller, dialect = call.caller, call.dialect
    asked: list[Any] = [
        caller.kind,
        caller.token or caller.account,
        dialect.name if dialect is not None else None,
        call.request.model,
        call.boundary,
        call.body,
    ]
    return hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).digest()
