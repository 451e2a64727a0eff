"""What was found a moment ago, for whoever asks the same again; nobody sees what others have asked."""

from collections import OrderedDict
from collections.abc import Hashable

from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.searching.source import Found

#: Of each caller, and of all together; one of them is some kilobytes.
_OF_ONE = 32
_OF_ALL = 256


class SearchCache:
    def __init__(self, clock: Clock, seconds: float) -> None:
        """`seconds`: how long it is kept; 0: not at all."""
        self._clock = clock
        self._seconds = seconds
        #: By caller and question, the one first that was used least lately.
        self._kept: OrderedDict[tuple[str, Hashable], tuple[float, Found]] = OrderedDict()

    def get(self, account: str, question: Hashable) -> Found | None:
        until, found = self._kept.get((account, question), (0.0, None))
        if found is None or until <= self._clock.ticks():
            self._kept.pop((account, question), None)
            return None
        self._kept.move_to_end((account, question))
        return found

    def put(self, account: str, question: Hashable, found: Found) -> None:
        if not self._seconds:
            return
        self._kept[(account, question)] = (self._clock.ticks() + self._seconds, found)
        own = [key for key in self._kept if key[0] == account]
        for key in own[: max(len(own) - _OF_ONE, 0)]:
            del self._kept[key]
        if len(self._kept) > _OF_ALL:
            self._kept.popitem(last=False)
