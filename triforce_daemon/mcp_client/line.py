"""The way back from a mounted server to whoever has called it, for as long as his call lasts."""

from collections.abc import Mapping
from typing import Any, Protocol


class Unasked(Exception):
    """A server does not get what it asks for; the message says why."""


class Line(Protocol):
    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What he can be asked, in the words of the protocol; nothing else is said of him."""
        ...

    @property
    def log_level(self) -> str | None:
        """From which level on he wants to hear what is logged; None: he does not."""
        ...

    def progress(self, done: float, words: str) -> None:
        """Say how far his call is."""
        ...

    async def log(self, level: str, data: Any) -> None:
        """Say what the server logs."""
        ...

    async def ask(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put a question to him and wait for his answer. Raises Unasked."""
        ...
