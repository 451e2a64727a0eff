"""What a mounted server needs before it goes on, and what it is sent then: the call once more, with answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Needed:
    """Requests of MCP by their names, and what the server wants to see again."""

    requests: Mapping[str, Mapping[str, Any]]
    state: str | None


@dataclass(frozen=True, slots=True)
class Resumed:
    answers: Mapping[str, Any] = field(default_factory=dict[str, Any])
    state: str | None = None


#: Nothing was asked yet.
FRESH = Resumed()


class Lacking(Exception):
    """The server says that whoever has called it can do too little."""

    def __init__(self, capability: str) -> None:
        super().__init__(capability)
        self.capability = capability
