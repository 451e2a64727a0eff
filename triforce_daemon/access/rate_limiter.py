"""Lets a request through where its caller has not used up what he may, and says when he may again where he has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from triforce_daemon.access.caller import Caller
from triforce_daemon.access.refusals import refusal
from triforce_daemon.access.remaining import Header, headers
from triforce_daemon.access.tier_manager import Allowance, TierManager
from triforce_daemon.stores.counters.counters import Ask, Counting, Lease, Standing


@dataclass(slots=True, eq=False)
class Hold:
    """What a request may use, until it is settled; once."""

    allowance: Allowance
    ask: Ask
    counters: Counting | None = None
    lease: Lease | None = None
    _headers: Sequence[Header] | None = None

    @property
    def headers(self) -> Sequence[Header]:
        """What is left, as HTTP says it."""
        return self._headers if self._headers is not None else self.reckon()

    def reckon(self) -> Sequence[Header]:
        """The same, kept until somebody asks for it."""
        self._headers = () if self.lease is None else headers(self.allowance.scopes, self.lease.standings)
        return self._headers

    @property
    def limits(self) -> bool:
        """Whether it matters what is used."""
        return self.lease is not None

    def settle(self, tokens: int = 0, spend: int = 0) -> None:
        """It has ended, whatever became of it, and used so much. Never waits, and never fails."""
        if self.counters is not None and self.lease is not None:
            self.counters.settle(self.lease, tokens, spend)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """What was not settled by now used nothing."""
        self.settle()


#: Of somebody whom nothing limits.
UNLIMITED = Allowance()
FREE = Hold(UNLIMITED, Ask(0, 0))


class RateLimiter:
    def __init__(self, tiers: TierManager, counters: Counting) -> None:
        self.tiers = tiers
        self.counters = counters

    def allowance(self, caller: Caller) -> Allowance:
        return self.tiers.allowance(caller)

    async def admit(self, allowance: Allowance, request_id: str, asks: Sequence[Ask]) -> Hold:
        """Count the request and hold the first of `asks` that is to be had, from much to little.

        Raises LimitReached, which says when to try again, and StorageFailed.
        """
        if not allowance.scopes:
            return FREE
        found = await self.counters.reserve(request_id, allowance.scopes, asks)
        if isinstance(found, Lease):
            return Hold(allowance, found.ask, self.counters, found)
        raise refusal(found, asks[-1], headers(allowance.scopes, found.standings))

    async def forget(self, user: str) -> None:
        """What an account has used is asked of the ledger anew: it may do other things now."""
        await self.counters.forget(f"user/{user}")

    async def close(self) -> None:
        """Nothing is counted any more."""
        await self.counters.close()

    async def standings(self, allowance: Allowance) -> Sequence[Standing]:
        """How the scopes of an allowance stand. Raises StorageFailed."""
        return await self.counters.read(allowance.scopes)
