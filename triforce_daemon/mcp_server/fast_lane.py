"""Answers the two methods that are asked most, without the SDK: `tools/list` and `tools/call` outside of a session.

What it answers is what the SDK would have answered; whatever it does not know for certain it leaves to the SDK.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidArguments, NotFound
from triforce_daemon.mcp_server.tool_words import NAME, TITLE, call_result
from triforce_daemon.mcp_server.views import Views
from triforce_daemon.toolbox.runner import Request, Runner
from triforce_daemon.wire.constants import VERSION

#: The revision without sessions, in which every request says what its client is.
STATELESS = "2026-07-28"
#: Revisions with sessions; a request outside of one gets its answer all the same.
WITH_SESSIONS = frozenset({"2025-11-25", "2025-06-18", "2025-03-26"})
_INFO = {"io.modelcontextprotocol/serverInfo": {"name": NAME, "title": TITLE, "version": VERSION}}
_LISTED = b',"ttlMs":60000,"cacheScope":"private","resultType":"complete","_meta":' + orjson.dumps(_INFO)
_META_VERSION = "io.modelcontextprotocol/protocolVersion"
_META_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"

Headers = Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Message:
    """A request that the lane can answer."""

    id: int | str
    method: str
    params: dict[str, Any]
    stateless: bool


def message_of(sent: Iterable[tuple[bytes, bytes]], body: bytes) -> Message | None:
    """The request, where it is one of the two and nothing about it is out of the ordinary."""
    pairs = list(sent)
    headers = dict(pairs)
    version = headers.get(b"mcp-protocol-version", b"").decode("latin-1")
    if version != STATELESS and (version not in WITH_SESSIONS or b"mcp-session-id" in headers):
        return None
    # A header that is sent twice can be read in two ways.
    if len(headers) != len(pairs) or not _plain(headers):
        return None
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return _message(cast("dict[str, Any]", message), headers, version) if isinstance(message, dict) else None


def _plain(headers: Headers) -> bool:
    """Whether the client takes both kinds of answers and sends JSON."""
    accepted = headers.get(b"accept", b"")
    return (
        b"application/json" in accepted
        and b"text/event-stream" in accepted
        and headers.get(b"content-type", b"").startswith(b"application/json")
        and b"last-event-id" not in headers
    )


def _message(message: dict[str, Any], headers: Headers, version: str) -> Message | None:
    given: Any = message.get("params") or {}
    id, method = message.get("id"), message.get("method")
    if message.get("jsonrpc") != "2.0" or not isinstance(given, dict) or type(id) not in (int, str):
        return None
    given = cast("dict[str, Any]", given)
    meta: Any = given.get("_meta") or {}
    # Who wants to hear how far a call is gets a stream, which is the SDK's.
    if not isinstance(meta, dict) or "progressToken" in meta:
        return None
    if method == "tools/list" and "cursor" not in given:
        name = None
    elif method == "tools/call" and isinstance(name := given.get("name"), str):
        if not given.keys() <= {"name", "arguments", "_meta"} or not isinstance(given.get("arguments", {}), dict):
            return None
    else:
        return None
    stateless = version == STATELESS
    if stateless and not _agrees(headers, cast("dict[str, Any]", meta), cast(str, method), name):
        return None
    return Message(cast("int | str", id), cast(str, method), given, stateless)


def _agrees(headers: Headers, meta: Mapping[str, Any], method: str, name: str | None) -> bool:
    """Whether headers and body say the same, as the revision without sessions demands."""
    return (
        meta.get(_META_VERSION) == STATELESS
        and isinstance(meta.get(_META_CAPABILITIES), dict)
        and headers.get(b"mcp-method") == method.encode()
        and (name is None or headers.get(b"mcp-name", b"").decode("latin-1") == name)
        and not any(header.startswith(b"mcp-param-") for header in headers)
    )


@dataclass(frozen=True, slots=True)
class FastLane:
    views: Views
    runner: Runner

    async def answer(self, message: Message, caller: Caller, toolset: str, request_id: str) -> bytes | None:
        """The whole answer, or None where it is the SDK's. Raises what the journal raises."""
        if message.method == "tools/list":
            return self._listed(message, caller, toolset)
        try:
            entry, arguments = self.views.find(toolset, message.params["name"], message.params.get("arguments") or {})
        except (NotFound, InvalidArguments):
            return None
        if entry.declared.asks:
            return None
        outcome = await self.runner.run(Request(caller, entry.name, arguments, request_id, "mcp"))
        result = call_result(outcome)
        if message.stateless:
            result |= {"resultType": "complete", "_meta": {**result.get("_meta", {}), **_INFO}}
        return orjson.dumps({"jsonrpc": "2.0", "id": message.id, "result": result}, option=orjson.OPT_NON_STR_KEYS)

    def _listed(self, message: Message, caller: Caller, toolset: str) -> bytes | None:
        try:
            tools = self.views.written(caller, toolset)
        except NotFound:
            return None
        more = _LISTED if message.stateless else b""
        id = orjson.dumps(message.id)
        return b"".join((b'{"jsonrpc":"2.0","id":', id, b',"result":{"tools":', tools, more, b"}}"))
