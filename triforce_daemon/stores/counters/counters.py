"""What has been used, and what is held for requests that are under way: the words of whoever counts.

A request reserves what it may need in all its scopes at once, or in none; when it has ended, what it really used takes
the place of what it held. Time is in ms, money in billionths of a dollar.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, Protocol

from triforce_daemon.wire.spend import SpendPeriod as Period

MINUTE_MS = 60_000

Kind = Literal["requests", "parallel", "tokens", "spend"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose use is counted together, and how much of it there may be; None: no limit."""

    #: `user/ID`, `token/ID`, `guest`, `daemon`.
    key: str
    requests: int | None = None
    parallel: int | None = None
    #: In a day of UTC.
    tokens: int | None = None
    spend: int | None = None
    period: Period = "total"
    #: Whether tokens of models on this machine count.
    count_local: bool = True
    #: What is counted; where that changes, what was used so far is asked of the ledger anew.
    shape: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        limited = (self.requests, self.tokens, self.spend)
        counted = "".join("-" if limit is None else "+" for limit in limited)
        object.__setattr__(self, "shape", f"{self.period}{counted}{'l' if self.count_local else ''}")

    def again(self) -> "Scope":
        """The same for what belongs to a request that was counted already: its tokens and its money count alone."""
        scope = replace(self, requests=None, parallel=None)
        # What is counted stays what it is: nothing of it has to be asked of the ledger anew.
        object.__setattr__(scope, "shape", self.shape)
        return scope

    @property
    def limits(self) -> bool:
        return not (self.requests is self.parallel is self.tokens is self.spend is None)


class Ask(NamedTuple):
    """What one request may need at most."""

    tokens: int
    spend: int


class Past(NamedTuple):
    """What a scope has used before anybody counted: by the ledger."""

    #: When its requests of the last minute came, the earliest first, and their ids.
    requests: Sequence[tuple[int, str]] = ()
    tokens: int = 0
    spend: int = 0


Remember = Callable[[Scope], Awaitable[Past]]


@dataclass(slots=True)
class Standing:
    """How a scope stands; what is held counts as used."""

    requests: int = 0
    parallel: int = 0
    tokens: int = 0
    spend: int = 0
    #: How long until a further request is let through where all are used up, and until none is counted any more.
    next_request_ms: int = 0
    no_request_ms: int = 0


class Holds(Protocol):
    """Where something is held in memory."""

    def let_go(self, ask: Ask, tokens: int, spend: int) -> None:
        """A request has ended that asked for `ask`, and used so much."""
        ...


@dataclass(slots=True)
class Lease:
    """What a request holds until it is settled."""

    id: str
    scopes: Sequence[Scope]
    #: Which of what was asked for was to be had.
    ask: Ask
    standings: Sequence[Standing]
    #: For whoever counts: where it is held in memory, by scope; and whether Redis knows of it.
    held: Sequence[tuple[Scope, Holds]] = ()
    in_redis: bool = False
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """What stands in the way; nothing is held."""

    scope: Scope
    #: Which of the scopes that is.
    at: int
    kind: Kind
    standings: Sequence[Standing]
    #: How long until it is worth trying again; None: nobody knows, or never.
    wait_ms: int | None
    #: It is not used, but held by requests that are under way.
    held: bool = False

    @property
    def standing(self) -> Standing:
        """Of the scope that is in the way."""
        return self.standings[self.at]


class Counting(Protocol):
    async def reserve(self, id: str, scopes: Sequence[Scope], asks: Sequence[Ask]) -> Lease | Refusal:
        """Count a request and hold the first of `asks` that is to be had; they go from much to little.

        Raises StorageFailed where the ledger cannot tell what was used before.
        """
        ...

    def settle(self, lease: Lease, tokens: int, spend: int) -> None:
        """Let go of what was held and count what was used; once. Never waits, and never fails."""
        ...

    async def read(self, scopes: Sequence[Scope]) -> Sequence[Standing]:
        """How they stand. Raises StorageFailed as `reserve` does."""
        ...

    async def forget(self, key: str) -> None:
        """What was used is asked of the ledger again: the scope's limits are others now."""
        ...

    async def close(self) -> None:
        """What was settled is where it belongs."""
        ...

    @property
    def trouble(self) -> str | None:
        """Why it counts less well than it should; None: it does not."""
        ...
