"""What a tool may know of the call that it serves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from triforce_daemon.access.caller import Caller
from triforce_daemon.toolbox.client import Client

Via = Literal["api", "mcp", "chat", "chain", "peer"]


@dataclass(frozen=True, slots=True)
class Change:
    """What a tool changed: `kind` names who can undo it, `subject` and `before` are what he needs for it."""

    kind: str
    subject: str
    words: str
    before: str | None = None


def unheard(done: float, words: str) -> None:
    """Nobody wants to know how far it is."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of one tool, handed to the function that asks for it after the star."""

    request_id: str
    caller: Caller
    via: Via
    #: The caller's folder, where he is the daemon's own user.
    folder: str | None = None
    #: Says how far it is (0 to 1), and at what.
    progress: Callable[[float, str], None] = unheard
    #: Who can be asked something meanwhile; None: nobody.
    client: Client | None = None
    changes: list[Change] = field(default_factory=list[Change])

    def changed(self, kind: str, subject: str, words: str, before: str | None = None) -> None:
        """Remember what was changed, so that it can be undone."""
        self.changes.append(Change(kind, subject, words, before))
