"""`triforce chat` with tools: what travels, and what is printed where."""

import json

from tests.triforce_cli.commands.chatting import DELTA, NEW, STARTED, Chat, chat, delta, sent, turn
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.person import Person

__all__ = ["chat"]

CALLED = {**DELTA, "type": "tool.call", "call": "c1", "name": "calculate", "arguments": "{}", "round": 1}
RESULT = {
    **CALLED, "type": "tool.result", "ok": True, "result": "4", "said": "", "receipt": "r.t1", "ms": 3, "error": None,
    "changes": [],
}  # fmt: skip
ASKED = {**CALLED, "type": "tool.approval", "approval": "k7wq", "expires_at": "2026-03-01T12:10:00.000Z"}


def events(*more: dict) -> list:
    whole = turn("It is 4.")
    return [STARTED, delta("Let me see."), CALLED, *more, RESULT, *whole[1:]]


def test_standard_output_carries_the_answer_alone(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, events())
    outcome = chat("-T", "calculate", "--toolset", "core", "--tool-limit", "rounds=3", "2 + 2?")
    assert (outcome.status, outcome.out) == (0, "It is 4.\n")
    assert outcome.err.splitlines() == ["→ calculate {}", "← calculate: 4 (3 ms)"]
    wanted = sent(fake_daemon)
    assert (wanted["tools"], wanted["toolset"], wanted["approve"]) == (["calculate"], "core", "never")
    assert wanted["limits"] == {"rounds": 3} and wanted["cwd"]


def test_events_are_lines(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, events())
    lines = chat("-T", "calculate", "--jsonl", "2 + 2?").out.splitlines()
    assert [json.loads(line)["type"] for line in lines][2:4] == ["tool.call", "tool.result"]


def test_agreeing_beforehand_is_said(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, events())
    outcome = chat("-T", "calculate", "--approve", "always", "2 + 2?")
    assert outcome.err.startswith("Every call is agreed to beforehand")
    assert chat("--approve", "ask", "x").status == 2


def test_a_person_is_asked_in_the_middle_of_the_answer(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, events(ASKED, 0.3))
    fake_daemon.answers("POST", "/v1/approvals/k7wq", {"id": "k7wq", "state": "granted"})
    with Person("chat", "-T", "calculate", "2 + 2?", environ=environ) as person:
        person.waits_for("Agree? [y/N]")
        person.type("y\r")
        assert person.waits_for_the_end() == 0
    rows = person.terminal.rows()
    assert rows[0] == "Let me see." and rows[-1] == "It is 4." and "← calculate: 4 (3 ms)" in rows
    assert [asked.body for asked in fake_daemon.asked if "approvals" in asked.path] == [{"verdict": "granted"}]
