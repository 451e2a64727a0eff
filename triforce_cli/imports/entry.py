"""One line of a file that is taken over: what it is, and what becomes of it."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

Kind = Literal["user", "key", "setting", "node", "secret"]
State = Literal["new", "there", "refused", "left", "failed"]
"""`new`: it is taken over. `there`: it had been. `refused`: it must not be. `left`: there is no place for it here.
`failed`: the daemon would not have it."""


class Entry(NamedTuple):
    kind: Kind
    #: What it is called in the file.
    source: str
    #: What it is called here; None: it has no place here.
    name: str | None
    state: State
    #: Why, or what to do next; nothing secret.
    note: str | None = None
    #: What the daemon is sent.
    body: Mapping[str, Any] | None = None

    def item(self) -> dict[str, Any]:
        """What is told of it; its body is not."""
        return {"kind": self.kind, "source": self.source, "name": self.name, "state": self.state, "note": self.note}
