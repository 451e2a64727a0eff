"""How a stream says that somebody else goes on with the answer: one field, in an event that its dialect has anyway."""

from triforce_daemon.dialects.canonical import Continued

#: Clients pass over a field that they do not know.
FIELD = "x_triforce"


def seam(event: Continued) -> dict[str, dict[str, dict[str, str]]]:
    """The field that marks the seam."""
    return {FIELD: {"continued": {"after": event["after"], "by": event["by"], "reason": event["reason"]}}}
