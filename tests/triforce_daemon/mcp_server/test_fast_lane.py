"""The fast lane says what the SDK would have said, and leaves to it what is out of the ordinary."""

import json
from typing import Any

import pytest

from tests.triforce_daemon.mcp_server.connecting import mount_fixtures
from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.mcp_server import fast_lane
from triforce_daemon.mcp_server.fast_lane import message_of

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}
ACCEPT = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


def stateless(method: str, name: str | None = None, **params: Any) -> tuple[dict[str, str], dict[str, Any]]:
    headers = {**ACCEPT, "mcp-protocol-version": "2026-07-28", "mcp-method": method}
    if name is not None:
        headers["mcp-name"] = name
        params["name"] = name
    return headers, {"jsonrpc": "2.0", "id": 7, "method": method, "params": {**params, "_meta": META}}


REQUESTS = [
    stateless("tools/list"),
    stateless("tools/call", "calculate", arguments={"expression": "6*7"}),
    stateless("tools/call", "calculate", arguments={"expression": "6*7", "more": 1}),
    stateless("tools/call", "calculate"),
    stateless("tools/call", "tool_lookup", arguments={"name": "list_models"}),
    stateless("tools/call", "test_simple_text", arguments={}),
    stateless("tools/call", "test_error_handling", arguments={}),
    stateless("tools/call", "test_image_content", arguments={}),
]


async def answer(served: ServedDaemon, token: str, headers: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
    async with served.http_client(token) as http, http.post("/v1/mcp", json=body, headers=headers) as reply:
        return {"status": reply.status, "body": await reply.json()}


def comparable(told: dict[str, Any]) -> dict[str, Any]:
    """Without what differs from one request to the next."""
    error = told["body"].get("result", {}).get("_meta", {}).get("triforce/error", {})
    error.pop("request_id", None)
    return told


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda one: json.dumps(one[1])[30:90])
async def test_lane_and_sdk_say_the_same(
    served: ServedDaemon, request_: tuple[dict[str, str], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mount_fixtures(served)
    token = await served.token("tools")
    asked: list[object] = []
    real = fast_lane.FastLane.answer

    async def noticed(self: fast_lane.FastLane, *given: Any) -> bytes | None:
        asked.append(found := await real(self, *given))
        return found

    monkeypatch.setattr(fast_lane.FastLane, "answer", noticed)
    by_lane = await answer(served, token, *request_)
    assert asked and asked[0] is not None
    monkeypatch.setattr("triforce_daemon.routes.mcp.message_of", lambda headers, body: None)
    by_sdk = await answer(served, token, *request_)
    assert comparable(by_lane) == comparable(by_sdk)


def lane(headers: dict[str, str], body: dict[str, Any], *more: tuple[bytes, bytes]) -> bool:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    return message_of([*pairs, *more], json.dumps(body).encode()) is not None


CALL = stateless("tools/call", "calculate", arguments={"expression": "1"})


def changed(headers: dict[str, str] | None = None, params: dict[str, Any] | None = None, **body: Any) -> Any:
    told = {**CALL[1], **body}
    told["params"] = {**told["params"], **(params or {})}
    return {**CALL[0], **(headers or {})}, told


@pytest.mark.parametrize(
    "request_",
    [
        changed({"mcp-method": "tools/list"}),
        changed({"mcp-name": "whoami"}),
        changed({"mcp-protocol-version": "2027-01-01"}),
        changed({"accept": "application/json"}),
        changed({"content-type": "text/plain"}),
        changed({"last-event-id": "1"}),
        changed({"mcp-param-region": "x"}),
        changed(params={"_meta": {**META, "progressToken": 1}}),
        changed(params={"_meta": {}}),
        changed(params={"requestState": "x"}),
        changed(params={"arguments": [1]}),
        changed(params={"name": 1}),
        changed(method="tools/other"),
        changed(jsonrpc="1.0"),
        changed(id=None),
        changed(id=True),
        changed(id=1.5),
        ({**ACCEPT, "mcp-protocol-version": "2025-11-25", "mcp-session-id": "a"}, CALL[1]),
    ],
)
def test_what_is_out_of_the_ordinary_is_left_to_the_sdk(request_: tuple[dict[str, str], dict[str, Any]]) -> None:
    assert lane(*CALL)
    assert not lane(*request_)


def test_a_header_that_came_twice_is_left_to_the_sdk() -> None:
    assert not lane(*CALL, (b"mcp-name", b"calculate"))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b'{"jsonrpc":"2.0"}', b'{"params":[]}'])
def test_what_is_no_request_is_left_to_the_sdk(body: bytes) -> None:
    pairs = [(name.encode(), value.encode()) for name, value in CALL[0].items()]
    assert message_of(pairs, body) is None


async def test_who_never_opened_a_session_is_answered_all_the_same(served: ServedDaemon) -> None:
    headers = {**ACCEPT, "mcp-protocol-version": "2025-06-18"}
    body = {"jsonrpc": "2.0", "id": "a", "method": "tools/list"}
    told = await answer(served, await served.token("tools"), headers, body)
    assert told["status"] == 200 and told["body"]["id"] == "a" and "resultType" not in told["body"]["result"]
