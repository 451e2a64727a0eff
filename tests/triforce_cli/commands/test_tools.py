"""`triforce tools`: listed, shown, found, and called, with a yes where one is needed."""

import json
from typing import Any

import pytest

from tests.triforce_cli import replies
from tests.triforce_cli.commands.test_suggestions import offered
from tests.triforce_cli.conftest import OnTerminal, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon

TOOL: dict[str, Any] = {
    "name": "calculate", "category": "utilities", "server": "triforce", "title": "Work it out.",
    "description": "Work it out.\n\nTo so many digits.", "tier": "guest", "scope": "tools", "effect": "read",
    "idempotent": True, "open_world": False, "approval": False, "available": True, "reason": None, "fix": None,
    "schema_tokens": 92,
}  # fmt: skip
BURN = {**TOOL, "name": "burn", "effect": "destroy", "available": False, "reason": "No fire.", "fix": "Light one."}
LIST = {"schema": "triforce.tools.list/1", "items": [TOOL, BURN], "next": None}
SHOWN = {
    **TOOL, "schema": "triforce.tools.show/1", "input_schema": {}, "output_schema": {}, "formerly": ["calc"],
    "usage": "triforce tools run calculate expression=EXPRESSION",
    "parameters": [
        {"name": "expression", "type": "string", "required": True, "default": None, "description": "what"},
        {"name": "precision", "type": "integer 1..100", "required": False, "default": 15, "description": "digits"},
    ],
}  # fmt: skip
RESULT: dict[str, Any] = {
    "type": "done", "schema": "triforce.tools.run/1", "tool": "calculate", "ok": True, "value": {"value": "42"},
    "error": None, "ms": 3, "receipt": "r1", "changes": [],
}  # fmt: skip
RUN = ("POST", "/v1/tools/calculate/run")


def failed(code: str, message: str = "No.", **more: Any) -> dict[str, Any]:
    error = {"code": code, "message": message, "hint": None, "request_id": "r1", **more}
    return {**RESULT, "ok": False, "value": None, "error": error}


@pytest.fixture
def daemon(fake_daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch) -> FakeDaemon:
    canned = {("GET", "/v1/tools"): LIST, ("GET", "/v1/tools/calculate"): SHOWN}
    for route, reply in canned.items():
        monkeypatch.setitem(replies.CANNED, route, reply)
    return fake_daemon


def test_list_says_why_something_is_not_here(daemon: FakeDaemon, triforce: Triforce, on_terminal: OnTerminal) -> None:
    assert json.loads(triforce("tools", "list", "--json").out) == LIST
    assert triforce("tools", "ls", "-q").out == "calculate\nburn\n"
    assert triforce("tools", "list").err == "burn: No fire. Light one.\n"
    assert "Work it out." in on_terminal("tools", "list", "--toolset", "utilities", "--all").out
    assert daemon.asked[-1].query == {"toolset": "utilities", "every": "true"}


def test_show(daemon: FakeDaemon, triforce: Triforce) -> None:
    shown = triforce("tools", "show", "calculate").out
    for words in ("expression*  string", "precision  integer 1..100 = 15  digits", "To so many digits.", "calc"):
        assert words in shown
    assert json.loads(triforce("tools", "show", "calculate", "--json").out) == SHOWN


def test_search(daemon: FakeDaemon, triforce: Triforce) -> None:
    daemon.answers("GET", "/v1/tools/search", {**LIST, "items": [{**TOOL, "score": 3.2}]})
    assert triforce("tools", "search", "work", "it", "out").out == "calculate\tutilities\tWork it out.\n"
    assert daemon.asked[-1].query == {"query": "work it out", "limit": "5"}


def test_a_call_prints_what_the_tool_returned(daemon: FakeDaemon, triforce: Triforce) -> None:
    daemon.streams(*RUN, [{"type": "progress", "done": 0.5, "words": "Thinking"}, RESULT])
    done = triforce("tools", "run", "calculate", "6*7", "precision=3")
    assert (done.status, done.out) == (0, "42\n") and "Thinking  50%" in done.err
    body = daemon.asked[-1].body
    assert body["words"] == ["6*7", "precision=3"] and body["folder"].startswith("/") and body["stream"]
    told = json.loads(triforce("tools", "run", "calculate", "1", "--json").out)
    assert told == {name: value for name, value in RESULT.items() if name != "type"}


def test_arguments_come_as_json_too(daemon: FakeDaemon, triforce: Triforce) -> None:
    daemon.streams(*RUN, [RESULT])
    triforce("tools", "run", "calculate", "--input", '{"expression": "1"}', "--dry-run")
    assert daemon.asked[-1].body["arguments"] == {"expression": "1", "dry_run": True}
    for wrong in ("{", "[1]"):
        assert triforce("tools", "run", "calculate", "--input", wrong).status == 2
    assert triforce("tools", "run", "calculate", "1", "--input", "{}").status == 2


@pytest.mark.parametrize(
    ("code", "status"),
    [("invalid_arguments", 2), ("tool_not_found", 5), ("tier_too_low", 77), ("tool_unavailable", 69)],
)
def test_a_failure_is_told_with_its_status(daemon: FakeDaemon, triforce: Triforce, code: str, status: int) -> None:
    daemon.streams(*RUN, [failed(code)])
    done = triforce("tools", "run", "calculate")
    assert (done.status, done.out, done.err) == (status, "", "error: No.\n")


def test_what_may_destroy_something_needs_a_yes(daemon: FakeDaemon, triforce: Triforce) -> None:
    daemon.streams(*RUN, [failed("approval_needed", "It may burn.", approval="a1")])
    refused = triforce("tools", "run", "calculate")
    assert refused.status == 6 and "add --yes" in refused.err
    daemon.streams(*RUN, [{**RESULT, "changes": ["burnt emma"]}])
    done = triforce("tools", "run", "calculate", "--yes")
    assert (done.status, daemon.asked[-1].body["approved"]) == (0, True)
    assert done.err == "burnt emma. To reverse it: triforce undo r1\n"


def test_what_has_no_value_is_told_by_its_words(daemon: FakeDaemon, triforce: Triforce) -> None:
    blocks = [{"type": "text", "text": "one\x1b[2J\ntwo"}, {"type": "image", "data": "aGk="}]
    daemon.streams(*RUN, [{**RESULT, "value": None, "content": blocks}])
    assert triforce("tools", "run", "calculate").out == "one␛[2J\ntwo\n(image)\n"


def test_log(daemon: FakeDaemon, triforce: Triforce) -> None:
    call = {
        "ts": replies.NOW, "caller": "anna", "tool": "burn", "via": "mcp", "arguments": "00", "status": "tool_failed",
        "ms": 7, "receipt": "r1",
    }  # fmt: skip
    daemon.answers("GET", "/v1/tools/log", {"schema": "triforce.tools.log/1", "items": [call], "next": None})
    told = triforce("tools", "log", "--tool", "burn", "--status", "failed", "--since", "2h", "-n", "5").out
    assert "anna\tburn\tmcp\ttool_failed\t7\tr1" in told
    query = daemon.asked[-1].query
    assert query.pop("since").startswith("20") and query == {"tool": "burn", "status": "failed", "limit": "5"}


def test_sets(daemon: FakeDaemon, triforce: Triforce) -> None:
    sets = [{"name": "all", "tools": 8, "schema_tokens": 618}]
    daemon.answers("GET", "/v1/toolsets", {"schema": "triforce.tools.sets/1", "items": sets, "next": None})
    assert triforce("tools", "sets").out == "all\t8\t618\n"


def test_names_are_suggested(daemon: FakeDaemon, triforce: Triforce) -> None:
    assert offered(triforce, "triforce tools run calc") == ["calculate"]
