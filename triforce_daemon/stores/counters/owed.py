"""What Redis has yet to be told, added up; and the message that is on its way."""

from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

import orjson

from triforce_daemon.stores.counters.counters import MINUTE_MS, Lease, Scope
from triforce_daemon.stores.counters.periods import DAY_MS, number

#: So many scopes are in one message: nobody else is answered while Redis reads it.
MOST = 500


class Debt:
    """Of one scope; its day and its period are those in which it was used."""

    __slots__ = ("came", "day", "ended", "scope", "spend", "tokens", "undone", "which")

    def __init__(self, scope: Scope, day: int, which: int) -> None:
        self.scope = scope
        self.day = day
        self.which = which
        self.tokens = self.spend = 0
        #: Members of what is held that end.
        self.ended: list[str] = []
        #: Requests whose fate is unknown, and which are not counted.
        self.undone: list[str] = []
        #: Requests that were let through without Redis: when, and the id.
        self.came: deque[tuple[int, str]] = deque()

    def told(self) -> bytes:
        """As the script that settles reads it."""
        return orjson.dumps(
            {
                "d": self.day,
                "p": self.scope.shape,
                "w": self.which,
                "t": self.tokens,
                "s": self.spend,
                "l": self.ended,
                "u": self.undone,
                "r": [id for _, id in self.came],
                "a": [moment for moment, _ in self.came],
            }
        )


class Message(NamedTuple):
    """Messages are numbered, and each is told until it was heard: so each counts once."""

    number: int
    debts: Sequence[Debt]


class Owed:
    def __init__(self) -> None:
        self._debts: dict[tuple[str, int, int], Debt] = {}
        self._number = 0
        self._sent: Message | None = None

    @property
    def empty(self) -> bool:
        return not self._debts and self._sent is None

    def used(self, lease: Lease, member: str | None, tokens: int, spend: int, now_ms: int) -> None:
        """A request has ended; `member` is what Redis holds for it."""
        for scope in lease.scopes:
            debt = self._debt(scope, now_ms)
            if member is not None:
                debt.ended.append(member)
            debt.tokens += tokens
            debt.spend += spend

    def came(self, lease: Lease, now_ms: int) -> None:
        """A request was let through without Redis."""
        for scope in lease.scopes:
            if scope.requests is not None:
                came = self._debt(scope, now_ms).came
                came.append((now_ms, lease.id))
                while came[0][0] <= now_ms - MINUTE_MS:
                    came.popleft()

    def undo(self, id: str, members: Sequence[str], scopes: Sequence[Scope], now_ms: int) -> None:
        """Redis did not answer: what it may have counted for this request, it did not come to."""
        for scope in scopes:
            debt = self._debt(scope, now_ms)
            debt.undone.append(id)
            debt.ended += members

    def message(self) -> Message | None:
        """What is to be sent now: what was not heard yet, else all that is owed."""
        if self._sent is None and self._debts:
            if len(self._debts) <= MOST:
                debts, self._debts = [*self._debts.values()], {}
            else:
                debts = [self._debts.pop(key) for key in [*islice(self._debts, MOST)]]
            self._number += 1
            self._sent = Message(self._number, debts)
        return self._sent

    def heard(self, number: int) -> None:
        """Redis has counted the messages up to that number."""
        if self._sent is not None and self._sent.number <= number:
            self._sent = None

    def _debt(self, scope: Scope, now_ms: int) -> Debt:
        day, which = now_ms // DAY_MS, number(scope.period, now_ms)
        key = (scope.key, day, which)
        debt = self._debts.get(key)
        if debt is None:
            debt = self._debts[key] = Debt(scope, day, which)
        return debt
