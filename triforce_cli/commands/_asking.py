"""Questions before something is done that cannot be undone."""

import sys

from triforce_cli.contexts import Globals
from triforce_cli.errors import NotApproved
from triforce_cli.output.paint import is_terminal
from triforce_cli.output.sanitise import one_line


def require_yes(question: str, chosen: Globals) -> None:
    """Return where the answer is yes, given now or by --yes. Raises NotApproved, also where nobody can be asked."""
    if chosen.yes:
        return
    if chosen.no_input or not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise NotApproved(f"This needs a yes: {question}", "Nobody can be asked here; add --yes.")
    print(f"{one_line(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise NotApproved("Nothing was done.")
