"""Calls that whoever has made them has to answer something in before they go on, and how he comes back to his."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from triforce_daemon.runtime.clock import Clock

if TYPE_CHECKING:
    from triforce_daemon.services.mcp_servers.parked_call import ParkedCall

#: As long as the SDK's own seal holds.
_SECONDS = 600.0
_MOST = 1_000
_MOST_OF_ONE = 50


@dataclass(frozen=True, slots=True)
class Unfinished:
    #: Who has called, and what with which arguments: the same comes back to it, and nobody else.
    asker: str
    what: tuple[str, str]
    #: What the server wants to see again.
    state: str | None
    #: How often it has asked.
    rounds: int
    ends: float
    #: The call itself, where the server has not let go of it.
    parked: "ParkedCall[Any] | None" = None


class UnfinishedCalls:
    """Those of one server. A call that was agreed to goes on without being agreed to again, and goes on once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, Unfinished] = {}

    def keep(
        self,
        asker: str,
        what: tuple[str, str],
        *,
        state: str | None = None,
        rounds: int = 0,
        parked: "ParkedCall[Any] | None" = None,
    ) -> str:
        """What names it from now on, once."""
        self._forget()
        of_his = [name for name, one in self._kept.items() if one.asker == asker]
        crowded = list(self._kept) if len(self._kept) >= _MOST else []
        for name in of_his[: len(of_his) - _MOST_OF_ONE + 1] if len(of_his) >= _MOST_OF_ONE else crowded[:1]:
            self._drop(name)
        made = secrets.token_urlsafe(16)
        self._kept[made] = Unfinished(asker, what, state, rounds, self._clock.ticks() + _SECONDS, parked)
        return made

    def holds(self, name: str | None, asker: str, what: tuple[str, str]) -> bool:
        """Whether that call can go on."""
        found = self._kept.get(name or "")
        return found is not None and (found.asker, found.what) == (asker, what) and found.ends > self._clock.ticks()

    def take(self, name: str | None, asker: str, what: tuple[str, str]) -> Unfinished | None:
        """The call, which nobody gets a second time."""
        return self._kept.pop(name or "") if self.holds(name, asker, what) else None

    def _forget(self) -> None:
        now = self._clock.ticks()
        for name in [name for name, one in self._kept.items() if one.ends <= now]:
            self._drop(name)

    def _drop(self, name: str) -> None:
        parked = self._kept.pop(name).parked
        if parked is not None:
            parked.end()
