"""What `triforce` alone prints: how things are, and what one can do."""

import sys

from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonNotRunning, TriforceCliError
from triforce_cli.output.as_json import print_json
from triforce_cli.output.paint import paint_for
from triforce_daemon.wire.constants import VERSION

_EXAMPLES = (
    ('triforce chat "Why is the sky blue?"', "ask a model"),
    ("git diff | triforce chat -s 'Review this.'", "ask about what another program prints"),
    ("triforce chat", "talk; /help says how"),
    ("triforce sessions list", "what was said before"),
    ("triforce models list", "the models there are"),
    ("triforce doctor", "what is missing, and what to do about it"),
)


def welcome(chosen: Globals) -> None:
    """Print one line about the daemon, and six examples. Starts nothing."""
    if chosen.json:
        examples = [{"command": command, "purpose": purpose} for command, purpose in _EXAMPLES]
        reply = {"schema": "triforce.welcome/1", "version": VERSION, "daemon": _daemon(chosen), "examples": examples}
        print_json(reply, chosen.fields)
        return
    paint = paint_for(sys.stdout, chosen.environ, chosen.no_color)
    print(f"{paint.bold('triforce')} {VERSION} · {_daemon(chosen)}\n")
    width = max(len(command) for command, _ in _EXAMPLES)
    for command, purpose in _EXAMPLES:
        print(f"  {command:<{width}}  {paint.dim(purpose)}")
    print("\nAll commands: triforce --help")


def _daemon(chosen: Globals) -> str:
    try:
        daemon = DaemonClient.of(chosen._replace(timeout=chosen.timeout or 1.0)).status()["daemon"]
    except DaemonNotRunning:
        return "the daemon is not running; your first question starts it"
    except TriforceCliError as error:
        return f"the daemon cannot be reached ({error.code})"
    return f"the daemon is {daemon['state']} (pid {daemon['pid']})"
