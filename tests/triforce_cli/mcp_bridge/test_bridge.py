"""The bridge carries messages as they are, and says what goes wrong in JSON-RPC's own form."""

import io
import json
import threading
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


OPENING = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"clientInfo": {"name": "x"}}}
OPENED = b'{"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": "2025-06-18", "capabilities": {}}}'
UNKNOWN = b'{"jsonrpc": "2.0", "id": null, "error": {"code": -32600, "message": "Session not found"}}'


def test_a_session_that_the_daemon_does_not_know_any_more_is_opened_anew(capsys: pytest.CaptureFixture[str]) -> None:
    played = Played(
        reply(200, OPENED, mcp_session_id="s1"),
        reply(404, UNKNOWN),
        reply(200, OPENED, mcp_session_id="s2"),
        reply(202, b""),
        reply(200, b'{"id": 2, "result": {}}'),
    )
    told = carried(played, OPENING, {"id": 2, "method": "tools/list"})
    assert told == [json.loads(OPENED), {"id": 2, "result": {}}]
    posts = [(body["method"], headers.get("mcp-session-id")) for way, _, body, headers in played.asked if way == "POST"]
    assert posts == [
        ("initialize", None), ("tools/list", "s1"),
        ("initialize", None), ("notifications/initialized", "s2"), ("tools/list", "s2"),
    ]  # fmt: skip
    assert [body for _, _, body, _ in played.asked if body and body["method"] == "initialize"] == [OPENING, OPENING]
    assert [headers["mcp-session-id"] for way, _, _, headers in played.asked if way == "DELETE"] == ["s2"]
    assert "anew" in capsys.readouterr().err


def test_where_no_session_can_be_had_the_request_is_answered_all_the_same() -> None:
    played = Played(reply(200, OPENED, mcp_session_id="s1"), reply(404, UNKNOWN), reply(503, b"oops"))
    _, told = carried(played, OPENING, {"id": 2, "method": "tools/list"})
    assert told == {"jsonrpc": "2.0", "id": 2, "error": {"code": -32600, "message": "Session not found"}}


def test_an_answer_that_breaks_off_is_an_error_of_the_request() -> None:
    stream = b'data: {"method": "notifications/progress"}\n\n'
    played = Played(reply(200, stream, content_type="text/event-stream"))
    _, told = carried(played, {"id": 1, "method": "tools/call"})
    assert told["id"] == 1
    assert "broke off" in told["error"]["message"]


def test_of_a_call_that_was_cancelled_nothing_is_said() -> None:
    asked, hung_up = threading.Event(), threading.Event()

    def read_line() -> bytes:
        asked.set()
        hung_up.wait(5)
        return b""

    def lines() -> Iterator[str]:
        yield json.dumps({"id": 1, "method": "tools/call", "params": META}) + "\n"
        asked.wait(5)
        yield json.dumps({"method": "notifications/cancelled", "params": {"requestId": 1, **META}}) + "\n"

    out = io.StringIO()
    played = Played(RawReply(200, {"content-type": "text/event-stream"}, read_line, hung_up.set))
    Bridge(played, None, "search", out).run(lines())  # type: ignore[arg-type]
    assert hung_up.is_set()
    assert out.getvalue() == ""


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
