"""What a tool needs of the world, and says when it is not there."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Missing:
    reason: str
    fix: str | None = None


@runtime_checkable
class Requirement(Protocol):
    """A part of the daemon that knows whether it can do its work here."""

    def missing(self) -> Missing | None:
        """None: nothing is."""
        ...
