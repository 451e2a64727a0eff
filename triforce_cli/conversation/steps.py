"""What the model does on the way to its answer: a line for each call, and a question where a person has to agree."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from triforce_cli.conversation.keyboard import ordinary
from triforce_cli.conversation.remarks import remark
from triforce_cli.output.paint import is_terminal
from triforce_cli.output.sanitise import one_line

if TYPE_CHECKING:
    from triforce_cli.contexts import Globals
    from triforce_cli.daemon_client import DaemonClient
    from triforce_cli.output.pull_progress import Progress
    from triforce_daemon.wire.sessions import ToolAnswered, ToolApproval, TurnEvent

#: Of arguments and results so much is shown; all of it is in the session.
SHOWN = 160


def can_ask(chosen: Globals) -> bool:
    """Whether somebody sits there who can answer; with --yes he has."""
    return chosen.yes or (not chosen.no_input and is_terminal(sys.stdin) and is_terminal(sys.stderr))


class Steps:
    def __init__(self, client: DaemonClient, chosen: Globals, progress: Progress) -> None:
        self._client = client
        self._chosen = chosen
        self._progress = progress

    def take(self, event: TurnEvent) -> None:
        """Tell of an event of a tool; others are none of its business. Raises what the daemon says to an answer."""
        if event["type"] == "tool.progress":
            self._progress.step(event["done"], event["words"])
            return
        self._progress.end()
        if event["type"] == "tool.call":
            self._say(f"→ {event['name']} {shortened(event['arguments'])}")
        elif event["type"] == "tool.result":
            self._tell(event)
        elif event["type"] == "tool.approval":
            self._ask(event)

    def _tell(self, event: ToolAnswered) -> None:
        error = event["error"]
        if error is not None:
            self._say(f"← {event['name']} failed: {error['message']}")
        else:
            self._say(f"← {event['name']}: {shortened(event['result'])} ({event['ms']} ms)")
        if event["changes"]:
            self._say(f"{'; '.join(event['changes'])}. To reverse it: triforce undo {event['receipt']}")

    def _ask(self, event: ToolApproval) -> None:
        asked = f"The model wants to call {event['name']} with {event['arguments']}."
        if not can_ask(self._chosen):
            self._say(f"{asked} It waits: triforce approvals grant {event['approval']}")
            return
        agreed = self._chosen.yes or _says_yes(f"{asked} Agree?")
        self._client.answer_approval(event["approval"], {"verdict": "granted" if agreed else "denied"})

    def _say(self, text: str) -> None:
        remark(text, self._chosen)


def shortened(text: str) -> str:
    """The beginning of a text, on one line."""
    line = one_line(text[: SHOWN * 4])
    return line if len(line) <= SHOWN and len(text) <= SHOWN * 4 else f"{line[: SHOWN - 1].rstrip()}…"


def _says_yes(question: str) -> bool:
    with ordinary():
        print(f"{one_line(question)} [y/N] ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")
