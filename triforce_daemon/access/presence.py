"""Who is being answered right now, so that whoever loses his rights loses his open answers with them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from triforce_daemon.access.caller import Caller

Cut = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Presence:
    _open: dict[Cut, Caller] = field(default_factory=dict[Cut, Caller])

    def enter(self, caller: Caller, cut: Cut) -> None:
        """He is being answered until `leave`; `cut` ends that."""
        self._open[cut] = caller

    def leave(self, cut: Cut) -> None:
        self._open.pop(cut, None)

    def end(self, gone: Callable[[Caller], bool]) -> None:
        """Cut every answer to somebody of whom `gone` says that he may not be answered any more."""
        for cut in [cut for cut, caller in self._open.items() if gone(caller)]:
            cut()
