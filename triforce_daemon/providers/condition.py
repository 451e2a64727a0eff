"""How a provider or one of its models is: its life-cycle state, with the evidence for it."""

from dataclasses import dataclass

from triforce_daemon.wire.models import State

#: What may be called: the others would fail, or cost their caller the wait until they do.
CALLABLE: frozenset[State] = frozenset({"ok", "absent", "degraded", "deprecated", "unknown"})


@dataclass(frozen=True, slots=True)
class Condition:
    """`reason` and `fix` are for a person; the rest is the evidence."""

    state: State
    reason: str | None = None
    fix: str | None = None
    #: The HTTP status that told so.
    status: int | None = None
    #: When that was, in milliseconds since 1970.
    at_ms: int | None = None
    #: Until when it holds, where that is known.
    until_ms: int | None = None
    #: Since or from when, for `deprecated` and `retired`: a date, as the provider wrote it.
    date: str | None = None

    @property
    def callable(self) -> bool:
        return self.state in CALLABLE


OK = Condition("ok")
