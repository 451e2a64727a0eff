"""Carries MCP between a program's pipes and the daemon: a line of JSON in, an HTTP request; its answers, lines out."""

import base64
import json
import sys
import threading
from collections.abc import Mapping
from typing import IO, Any, cast

from triforce_cli.errors import TriforceCliError
from triforce_cli.transport.replies import RawReply, Transport

_PATH = "/v1/mcp"
#: The revision in which every request says what it is in its headers as well.
_STATELESS = "2026-07-28"
_VERSION = "io.modelcontextprotocol/protocolVersion"
#: Whose `name` or `uri` goes into a header there.
_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
#: JSON-RPC's code for what went wrong on our side.
_INTERNAL = -32603


class Bridge:
    """Runs until its input ends. Each request has a thread: a slow call does not hold up the next one."""

    def __init__(self, transport: Transport, token: str | None, toolset: str, out: IO[str] = sys.stdout) -> None:
        self._transport = transport
        self._token = token
        self._target = f"{_PATH}?toolset={toolset}"
        self._out = out
        self._writing = threading.Lock()
        self._session: str | None = None
        self._version: str | None = None
        self._opening: Mapping[str, Any] | None = None
        self._renewing = threading.Lock()
        self._open: dict[object, RawReply] = {}

    def run(self, lines: IO[str]) -> None:
        """Carry every line of `lines`, and what is answered, until both have ended."""
        threads: list[threading.Thread] = []
        for line in lines:
            if not line.strip():
                continue
            message = _parsed(line)
            if message is None:
                self._say({"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "Parse error"}})
            elif message.get("method") == "initialize":
                # Whatever follows belongs to the session that its answer names.
                self._opening = message
                self._carry(message)
                threads.append(self._beside(self._listen))
            elif message.get("method") == "notifications/cancelled" and self._cut(message):
                continue
            else:
                threads.append(self._beside(self._carry, message))
        for thread in threads:
            if not thread.daemon:
                thread.join()
        self._end_session()

    def _beside(self, work: Any, *given: Any) -> threading.Thread:
        thread = threading.Thread(target=work, args=given, daemon=work == self._listen)
        thread.start()
        return thread

    def _carry(self, message: Mapping[str, Any]) -> None:
        """Send a message, and write down every message of its answer."""
        name, cut = message.get("id"), False
        try:
            reply = self._asked(message)
            if name is not None:
                self._open[name] = reply
            try:
                self._take(reply, message)
            finally:
                cut = name is not None and self._open.pop(name, None) is None
                reply.close()
        except (TriforceCliError, OSError, ValueError) as error:
            # Who has cancelled a request waits for no answer to it.
            if name is not None and "method" in message and not cut:
                self._say(_failed(name, error))

    def _asked(self, message: Mapping[str, Any]) -> RawReply:
        """The answer to a message. A daemon that was started anew knows no session, and has done nothing then."""
        session = self._session
        reply = self._post(message, session)
        if reply.status != 404 or session is None or not self._renew(session):
            return reply
        reply.close()
        return self._post(message, self._session)

    def _post(self, message: Mapping[str, Any], session: str | None) -> RawReply:
        content = json.dumps(message).encode()
        return self._transport.raw("POST", self._target, content, self._headers(message, session))

    def _renew(self, lost: str) -> bool:
        """Open a session in the place of `lost`, in the client's own words; whether there is one."""
        with self._renewing:
            if self._session != lost:
                return True
            if self._opening is None:
                return False
            reply = self._post(self._opening, None)
            while reply.read_line():
                pass
            reply.close()
            found = reply.headers.get("mcp-session-id")
            if reply.status != 200 or found is None:
                return False
            self._session = found
            self._post({"jsonrpc": "2.0", "method": "notifications/initialized"}, found).close()
        print("The daemon was started anew: the session goes on with it.", file=sys.stderr)
        self._beside(self._listen)
        return True

    def _take(self, reply: RawReply, message: Mapping[str, Any]) -> None:
        name = message.get("id")
        self._session = reply.headers.get("mcp-session-id") or self._session
        if (reply.headers.get("content-type") or "").startswith("text/event-stream"):
            answered = name is None
            while line := reply.read_line():
                if line.startswith(b"data:"):
                    answered |= self._write(line[5:], name)
            if not answered:
                raise ValueError("The answer broke off. Whether the call was carried out is not known.")
            return
        content = b""
        while line := reply.read_line():
            content += line
        if reply.status >= 400 and b'"jsonrpc"' not in content:
            raise ValueError(f"HTTP {reply.status}: {_words(content)}")
        if content.strip():
            self._write(content, name)

    def _listen(self) -> None:
        """What the server has to say outside of any answer; it may have nothing."""
        try:
            reply = self._transport.raw("GET", self._target, None, self._headers({}, self._session))
            if reply.status == 200:
                self._take(reply, {})
            reply.close()
        except (TriforceCliError, OSError, ValueError):
            # Its end is the daemon's, or ours: what matters is said by the next request.
            return

    def _cut(self, message: Mapping[str, Any]) -> bool:
        """In the revision without sessions a call is cancelled by hanging up; whether it was."""
        if self._session is not None:
            return False
        reply = self._open.pop(message.get("params", {}).get("requestId"), None)
        if reply is not None:
            reply.close()
        return True

    def _end_session(self) -> None:
        if self._session is not None:
            try:
                self._transport.raw("DELETE", self._target, None, self._headers({}, self._session)).close()
            except TriforceCliError:
                # It ends by itself after a while.
                return

    def _headers(self, message: Mapping[str, Any], session: str | None) -> dict[str, str]:
        headers = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
        if self._token is not None:
            headers["authorization"] = f"Bearer {self._token}"
        if session is not None:
            headers["mcp-session-id"] = session
        # Which version it is, is what the first message asks.
        version = None if message.get("method") == "initialize" else self._version
        params: Mapping[str, Any] = message.get("params") or {}
        meta: Mapping[str, Any] = params.get("_meta") or {}
        told = meta.get(_VERSION)
        if told is not None:
            version = str(told)
            headers["mcp-method"] = str(message.get("method"))
            if (key := _NAMED.get(str(message.get("method")))) is not None:
                headers["mcp-name"] = _header_text(str(params.get(key, "")))
        if version is not None:
            headers["mcp-protocol-version"] = version
        return headers

    def _write(self, content: bytes, name: object) -> bool:
        """Write a message of the answer to the request of that name down; whether it ends the answer."""
        message = _parsed(content.decode("utf-8", "replace"))
        if message is None:
            return False
        if message.get("id", name) is None and "error" in message:
            # Whoever was refused before his message was read is told so by its name, or would wait for ever.
            message["id"] = name
        result: Any = message.get("result")
        if isinstance(result, dict) and {"protocolVersion", "capabilities"} <= cast("dict[str, Any]", result).keys():
            self._version = str(cast("dict[str, Any]", result)["protocolVersion"])
        self._say(message)
        return message.get("id") == name and ("result" in message or "error" in message)

    def _say(self, message: Mapping[str, Any]) -> None:
        with self._writing:
            self._out.write(json.dumps(message, ensure_ascii=False) + "\n")
            self._out.flush()


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def _failed(name: object, error: Exception) -> dict[str, Any]:
    hint = error.hint if isinstance(error, TriforceCliError) else None
    told = f"{error} {hint}" if hint else str(error)
    return {"jsonrpc": "2.0", "id": name, "error": {"code": _INTERNAL, "message": told}}


def _words(content: bytes) -> str:
    """The daemon's sentence in a refusal."""
    error: Any = (_parsed(content.decode("utf-8", "replace")) or {}).get("error")
    return str(cast("dict[str, Any]", error).get("message", "")) if isinstance(error, dict) else ""


def _header_text(text: str) -> str:
    """As the protocol writes into a header what no header can hold."""
    if text.isascii() and text.isprintable() and text == text.strip() and not text.startswith("=?base64?"):
        return text
    return f"=?base64?{base64.b64encode(text.encode()).decode()}?="
