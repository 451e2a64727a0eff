"""What tools have changed, taken back."""

from typing import Literal

from typing_extensions import TypedDict


class UndoneChange(TypedDict):
    kind: Literal["file", "memory"]
    what: str
    """The file's path from its workspace's root on, or the id of an entry of memory."""
    change: str | None
    """What undoes this in turn."""


class KeptChange(TypedDict):
    """What stays as it is."""

    kind: str
    what: str
    reason: str


class Undone(TypedDict):
    schema: str
    receipt: str
    undone: list[UndoneChange]
    """The last change first."""
    kept: list[KeptChange]
