"""The bridge carries messages as they are, and says what goes wrong in JSON-RPC's own form."""

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from triforce_cli.errors import DaemonNotRunning
from triforce_cli.mcp_bridge.bridge import Bridge
from triforce_cli.transport.replies import RawReply

META = {"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}}


class Played:
    """A way to a daemon that answers what it was given; remembers what it was asked."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, Any, Mapping[str, str]]] = []

    def raw(self, method: str, target: str, content: bytes | None, headers: Mapping[str, str]) -> RawReply:
        self.asked.append((method, target, json.loads(content) if content else None, headers))
        if method != "POST":
            return reply(405, b"")
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def reply(status: int, content: bytes, **headers: str) -> RawReply:
    lines: Iterator[bytes] = iter(content.splitlines(keepends=True))
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return RawReply(status, told, lambda: next(lines, b""), lambda: None)


def carried(played: Played, *messages: object, toolset: str = "search") -> list[dict]:
    out = io.StringIO()
    lines = [one if isinstance(one, str) else json.dumps(one) for one in messages]
    Bridge(played, "tf_secret", toolset, out).run(io.StringIO("\n".join(lines) + "\n"))  # type: ignore[arg-type]
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_session_is_kept_and_ended() -> None:
    result = {"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": "2025-06-18", "capabilities": {}}}
    listed = {"jsonrpc": "2.0", "id": 2, "result": {"tools": []}}
    played = Played(
        reply(200, json.dumps(result).encode(), mcp_session_id="s1"), reply(200, json.dumps(listed).encode())
    )
    told = carried(played, {"jsonrpc": "2.0", "id": 1, "method": "initialize"}, {"id": 2, "method": "tools/list"})
    assert told == [result, listed]
    posts = [one for one in played.asked if one[0] == "POST"]
    (_, target, _, first), (_, _, body, second) = posts
    ended, _, _, last = played.asked[-1]
    assert target == "/v1/mcp?toolset=search" and first["authorization"] == "Bearer tf_secret"
    assert "mcp-session-id" not in first and body["method"] == "tools/list"
    assert second["mcp-session-id"] == "s1" and second["mcp-protocol-version"] == "2025-06-18"
    assert ended == "DELETE" and last["mcp-session-id"] == "s1"


def test_a_stream_is_told_message_by_message() -> None:
    stream = b'event: message\ndata: {"id": 1, "a": 1}\n\n: ping\n\ndata: {"id": 1, "result": {}}\n\n'
    played = Played(reply(200, stream, content_type="text/event-stream"))
    assert carried(played, {"id": 1, "method": "tools/call"}) == [{"id": 1, "a": 1}, {"id": 1, "result": {}}]


@pytest.mark.parametrize(("name", "header"), [("calculate", "calculate"), ("zähle", "=?base64?esOkaGxl?=")])
def test_the_revision_without_sessions_wants_headers(name: str, header: str) -> None:
    played = Played(reply(200, b'{"id": 1, "result": {}}'))
    carried(played, {"id": 1, "method": "tools/call", "params": {"name": name, **META}})
    headers = played.asked[0][3]
    assert (headers["mcp-protocol-version"], headers["mcp-method"]) == ("2026-07-28", "tools/call")
    assert headers["mcp-name"] == header and len(played.asked) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(401, b'{"error": {"code": "unauthenticated", "message": "Who are you?"}}'), "HTTP 401: Who are you?"),
        (reply(500, b"oops"), "HTTP 500: "),
        (DaemonNotRunning("It is not there.", "Start it."), "It is not there. Start it."),
    ],
)
def test_what_goes_wrong_is_an_error_of_the_request(answer: Any, words: str) -> None:
    (told,) = carried(Played(answer), {"id": 7, "method": "tools/list"})
    assert told == {"jsonrpc": "2.0", "id": 7, "error": {"code": -32603, "message": words}}


def test_an_error_in_the_protocols_own_form_is_carried_as_it_is() -> None:
    error = b'{"jsonrpc": "2.0", "id": 1, "error": {"code": -32602, "message": "No."}}'
    assert carried(Played(reply(400, error)), {"id": 1, "method": "x"}) == [json.loads(error)]


def test_what_is_no_message_is_told_and_the_next_is_carried() -> None:
    told = carried(Played(reply(200, b'{"id": 1}')), "oops", "[1]", "", {"id": 1, "method": "x"})
    assert [one.get("error", {}).get("code") for one in told[:2]] == [-32700, -32700] and told[2] == {"id": 1}


def test_a_notification_that_fails_has_nobody_to_tell() -> None:
    assert carried(Played(reply(500, b"")), {"method": "notifications/initialized"}) == []
