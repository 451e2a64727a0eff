"""Takes in an answer while it comes: prints it, and keeps what is worth knowing afterwards."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from triforce_cli.conversation.keyboard import hushed
from triforce_cli.errors import DaemonError, TriforceCliError

if TYPE_CHECKING:
    from triforce_cli.conversation.conversation import Conversation
    from triforce_cli.conversation.steps import Steps
    from triforce_cli.output.as_stream import AnswerPrinter
    from triforce_cli.output.pull_progress import Progress
    from triforce_cli.transport.replies import EventStream
    from triforce_daemon.wire.sessions import Done, TurnEvent


@dataclass
class Answer:
    """What came: all of it where `done` is there, else as much as came before the end."""

    pieces: list[str] = field(default_factory=list[str])
    done: Done | None = None
    stopped: bool = False
    """The user has had enough of it."""
    error: TriforceCliError | None = None
    """Why it broke off."""

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def receive(
    events: EventStream, conversation: Conversation, printer: AnswerPrinter, progress: Progress, steps: Steps
) -> Answer:
    """Print an answer as it comes, until its end or Ctrl+C. What has come is printed in any case."""
    answer = Answer()
    with hushed(), closing(events):
        try:
            for event in events:
                if event["type"].startswith("tool."):
                    _make_room(event, answer, printer)
                    steps.take(event)
                else:
                    _take(event, answer, conversation, printer, progress)
        except KeyboardInterrupt:
            answer.stopped = True
        except TriforceCliError as error:
            answer.error = error
        finally:
            progress.end()
            events.close()
            printer.end()
    return answer


def _make_room(event: TurnEvent, answer: Answer, printer: AnswerPrinter) -> None:
    """What is printed so far stands there for good; before a call it was no answer yet."""
    printer.pause()
    if event["type"] == "tool.call":
        answer.pieces.clear()


def _take(
    event: TurnEvent, answer: Answer, conversation: Conversation, printer: AnswerPrinter, progress: Progress
) -> None:
    if event["type"] == "text.delta":
        if not answer.pieces:
            progress.end()
        answer.pieces.append(event["text"])
        printer.feed(event["text"])
    elif event["type"] == "session.started":
        conversation.begins(event)
    elif event["type"] == "model.loading":
        progress.show(event)
    elif event["type"] == "error":
        answer.error = DaemonError(event["error"])
    elif event["type"] == "done":
        answer.done = event
