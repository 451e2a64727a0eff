"""What is taken in of an answer, however it ends."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.triforce_cli.replies import SESSION_ID, TURN
from triforce_cli.conversation.answer import Answer, receive
from triforce_cli.conversation.conversation import Conversation
from triforce_cli.errors import DaemonWentAway
from triforce_cli.output.pull_progress import Progress

STARTED, DELTA, *_ = TURN
LOADING = {**DELTA, "type": "model.loading", "phase": "loading", "done_bytes": None, "total_bytes": None}


class Log:
    """A stream of events, and everything that is done with it in its order."""

    def __init__(self, *events: Any) -> None:
        self.events = events
        self.done: list[str] = []

    def __iter__(self) -> Iterator[Any]:
        for event in self.events:
            if isinstance(event, BaseException):
                raise event
            yield event

    def close(self) -> None:
        self.done.append("closed")

    def feed(self, text: str) -> None:
        self.done.append(text)

    def pause(self) -> None:
        self.done.append("paused")

    def take(self, event: Any) -> None:
        self.done.append(event["type"])

    def end(self) -> None:
        self.done.append("ended")


class Watched(Progress):
    def __init__(self, log: Log) -> None:
        self.log = log

    def show(self, event: Any) -> None:
        self.log.done.append(event["phase"])

    def end(self) -> None:
        self.log.done.append("wiped")


def received(*events: Any) -> tuple[Answer, list[str], Conversation]:
    log, conversation = Log(*events), Conversation()
    answer = receive(log, conversation, log, Watched(log), log)  # pyright: ignore[reportArgumentType]
    return answer, log.done, conversation


def test_a_whole_answer() -> None:
    answer, done, conversation = received(STARTED, LOADING, *TURN[1:])
    assert answer.text == "Because of Rayleigh scattering."
    assert answer.done == TURN[-1] and not answer.stopped and answer.error is None
    assert conversation.session == SESSION_ID
    assert done[:5] == ["loading", "wiped", "Because of ", "Rayleigh scattering.", "wiped"]
    assert done[5:7] == ["closed", "ended"]


@pytest.mark.parametrize("end", [KeyboardInterrupt(), DaemonWentAway("It went.")])
def test_what_came_before_the_end_is_kept(end: BaseException) -> None:
    answer, done, _ = received(STARTED, DELTA, end)
    assert answer.text == "Because of " and answer.done is None
    assert answer.stopped == isinstance(end, KeyboardInterrupt)
    assert answer.error is (None if answer.stopped else end)
    assert done.index("closed") < done.index("ended"), "the engine stops before the rest is painted"


def test_an_error_is_part_of_the_answer() -> None:
    error = {"code": "upstream_failed", "message": "It broke.", "hint": None, "request_id": None}
    answer, _, _ = received(STARTED, DELTA, {**DELTA, "type": "error", "error": error})
    assert answer.error is not None and answer.error.message == "It broke."


def test_what_goes_wrong_with_printing_is_raised_after_hanging_up() -> None:
    log = Log(STARTED, BrokenPipeError())
    with pytest.raises(BrokenPipeError):
        receive(log, Conversation(), log, Watched(log), log)  # pyright: ignore[reportArgumentType]
    assert "closed" in log.done


def test_what_was_said_before_a_call_is_no_answer() -> None:
    called, result = {**DELTA, "type": "tool.call"}, {**DELTA, "type": "tool.result"}
    answer, done, _ = received(STARTED, {**DELTA, "text": "Let me see."}, called, result, *TURN[1:])
    assert answer.text == "Because of Rayleigh scattering."
    assert done[done.index("Let me see.") :][:5] == ["Let me see.", "paused", "tool.call", "paused", "tool.result"]
