"""The program at the other end of a call, where it can be asked something while its call is answered."""

from collections.abc import Mapping
from typing import Any, Protocol


class InputRequired(Exception):
    """The call cannot go on without these answers: the client sends it once more, with them and with `state`.

    A tool raises it before it has done anything, for it begins anew then.
    """

    def __init__(self, requests: Mapping[str, Mapping[str, Any]], state: str | None = None) -> None:
        """`requests`: MCP requests (`{"method": …, "params": …}`) by names that the answers come back under."""
        super().__init__("input is required")
        self.requests = requests
        self.state = state


class CapabilityMissing(Exception):
    """The client has not said that it can do what the tool needs of it."""

    def __init__(self, capability: str) -> None:
        super().__init__(f"the client has no {capability}")
        self.capability = capability


class Client(Protocol):
    #: What it said that it can do, like `sampling` and `elicitation`; None where it said nothing.
    capabilities: Mapping[str, Any] | None
    #: The answers that came with the call, by the names of an `InputRequired` before.
    answers: Mapping[str, Any]
    #: The state of that `InputRequired`; what comes here is what was sent, and nothing else.
    state: str | None
    #: Whether `ask` reaches it while its call is answered; else an `InputRequired` does.
    at_once: bool
    #: From which level on it wants to hear what is logged; None: it does not.
    log_level: str | None

    async def ask(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask it at once and wait for its answer, in revisions that have a way back. Raises ToolUnavailable."""
        ...

    async def log(self, level: str, data: Any, source: str | None = None) -> None:
        """Tell it something on the way; `source` is who says it."""
        ...
