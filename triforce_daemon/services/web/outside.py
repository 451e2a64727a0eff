"""Who may ask the web at all: what is asked for there leaves this machine."""

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Forbidden


def may_outside(caller: Caller) -> bool:
    """Whether what the caller asks may go to anybody."""
    return caller.boundary == "any"


def require_outside(caller: Caller) -> None:
    """Raises Forbidden."""
    if not may_outside(caller):
        raise Forbidden(
            f"What you ask may go no further than {caller.boundary}, and the web is further.",
            "Ask with a token whose boundary is any; search with source=local stays on this machine.",
        )
