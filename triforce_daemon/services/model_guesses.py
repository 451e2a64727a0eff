"""What somebody may have meant who named a model that nobody has: only names that he may see, and not without end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from triforce_daemon.access.admission import allows
from triforce_daemon.access.boundary import within
from triforce_daemon.access.caller import Caller
from triforce_daemon.services.candidates import Candidate

#: To compare a name with thousands takes a hundredth of a second: so often in a minute each caller may have it done.
A_MINUTE = 30
#: And all of them together.
OF_ALL = 120
#: So many callers are remembered.
_MOST = 1_024
_ALL = ""


@dataclass(frozen=True, slots=True)
class Sees:
    """What a caller may know to be there: what he may ask."""

    caller: Caller
    is_free: Callable[[Candidate], bool]

    def model(self, candidate: Candidate) -> bool:
        caller, tier = self.caller, self.caller.tier
        return (
            allows(caller.models, candidate.id)
            and within(candidate.boundary, caller.boundary)
            and (tier is None or tier.admits(local=candidate.is_local, free=self.is_free(candidate)))
        )

    def alias(self, name: str) -> bool:
        return allows(self.caller.models, name)


class Guesses:
    """Counts what was looked up in the minute that runs."""

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._minute = 0
        self._counts: dict[str, int] = {}

    def take(self, account: str) -> bool:
        """Whether the caller may have one more looked up."""
        minute = int(self._ticks() // 60)
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
        limits: Mapping[str, int] = {account: A_MINUTE, _ALL: OF_ALL}
        if any(self._counts.get(name, 0) >= limit for name, limit in limits.items()) or len(self._counts) > _MOST:
            return False
        for name in limits:
            self._counts[name] = self._counts.get(name, 0) + 1
        return True
