"""Lines beside an answer for what its model calls, and the question whether it may."""

import io
import sys
from typing import Any

import pytest

from triforce_cli.contexts import Globals
from triforce_cli.conversation.steps import SHOWN, Steps, shortened
from triforce_cli.output.pull_progress import Progress

RESULT = {
    "type": "tool.result", "name": "calculate", "ok": True, "result": '{"value":"4"}', "ms": 3, "error": None,
    "changes": [], "receipt": "r.t1",
}  # fmt: skip
ASKED = {"type": "tool.approval", "name": "burn", "arguments": "{}", "approval": "k7wq", "call": "c"}


class Answers:
    """A client that takes answers of approvals."""

    def __init__(self) -> None:
        self.given: list[tuple[str, str]] = []

    def answer_approval(self, approval: str, answer: Any) -> None:
        self.given.append((approval, answer["verdict"]))


def take(*events: Any, **chosen: Any) -> Answers:
    client = Answers()
    steps = Steps(client, Globals({}, **chosen), Progress())  # pyright: ignore[reportArgumentType]
    for event in events:
        steps.take(event)
    return client


def test_a_line_for_each_call_and_each_result(capsys: pytest.CaptureFixture[str]) -> None:
    failed = {**RESULT, "ok": False, "error": {"code": "x", "message": "It \x1b[31m broke."}}
    changed = {**RESULT, "changes": ["deleted 2 entries"]}
    take({"type": "tool.call", "name": "calculate", "arguments": '{"a":\n1}'}, RESULT, failed, changed)
    assert capsys.readouterr().err.splitlines() == [
        '→ calculate {"a": 1}',
        '← calculate: {"value":"4"} (3 ms)',
        "← calculate failed: It ␛[31m broke.",
        '← calculate: {"value":"4"} (3 ms)',
        "deleted 2 entries. To reverse it: triforce undo r.t1",
    ]


def test_where_nobody_can_be_asked_the_way_to_answer_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert take(ASKED, no_input=True).given == []
    assert "triforce approvals grant k7wq" in capsys.readouterr().err


def test_yes_agrees_and_a_person_may_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    assert take(ASKED, yes=True).given == [("k7wq", "granted")]
    monkeypatch.setattr("triforce_cli.conversation.steps.is_terminal", lambda _: True)
    for typed, verdict in (("y\n", "granted"), ("n\n", "denied"), ("", "denied")):
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        assert take(ASKED).given == [("k7wq", verdict)]


def test_only_the_beginning_is_shown() -> None:
    assert shortened("a" * SHOWN) == "a" * SHOWN
    assert len(shortened("a" * 100_000)) == SHOWN and shortened("a" * 100_000).endswith("…")
