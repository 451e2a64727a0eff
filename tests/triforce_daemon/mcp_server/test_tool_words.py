"""Tools and outcomes in MCP's words: what fits the schema, and errors that keep their code."""

from tests.triforce_daemon.toolbox.bench import entries
from triforce_daemon.errors import NotFound
from triforce_daemon.mcp_server.tool_words import call_result, tool_entry
from triforce_daemon.toolbox.outcome import Outcome


def test_a_tool() -> None:
    search, burn, *_ = map(tool_entry, entries())
    assert search["title"] == "Find books that have some words in their title"
    assert search["annotations"] == {
        "readOnlyHint": True, "destructiveHint": False, "idempotentHint": True, "openWorldHint": False,
    }  # fmt: skip
    assert burn["annotations"]["destructiveHint"] and search["outputSchema"]["required"] == ["books"]


def test_a_value_is_there_twice_for_programs_and_for_readers() -> None:
    told = call_result(Outcome("t", "r", 1, {"a": 1}))
    assert told == {"content": [{"type": "text", "text": '{"a":1}'}], "structuredContent": {"a": 1}, "isError": False}


def test_an_error_keeps_its_code_and_hint() -> None:
    told = call_result(Outcome("t", "r1", 1, error=NotFound("Nothing.", "Look again.")))
    assert told["isError"] and told["content"][0]["text"] == "not_found: Nothing. Look again."
    assert told["_meta"]["triforce/error"] == {
        "code": "not_found", "message": "Nothing.", "hint": "Look again.", "request_id": "r1",
    }  # fmt: skip
    assert "structuredContent" not in told
