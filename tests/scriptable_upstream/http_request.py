"""Reads HTTP/1.1 requests from the bytes of a connection, however they are cut."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote

from tests.scriptable_upstream.json_values import as_object

MAX_HEAD = 1 << 20


class BadRequest(Exception):
    """Bytes that are no HTTP/1.1 request."""


@dataclass(frozen=True)
class Request:
    """A request as it came; `headers` in their order and spelling."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    keep_alive: bool

    @cached_property
    def path(self) -> str:
        """Without the query; still percent-encoded."""
        return self.target.partition("?")[0]

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @cached_property
    def _named(self) -> dict[str, str]:
        return {name.lower(): value for name, value in reversed(self.headers)}

    def header(self, name: str) -> str | None:
        """The first value of a header; `name` in lower case."""
        return self._named.get(name)

    @cached_property
    def json(self) -> Any:
        """The body. Raises ValueError."""
        return json.loads(self.body)

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The body where it is a JSON object, else nothing."""
        try:
            return as_object(self.json)
        except ValueError:
            return {}

    @property
    def decoded_path(self) -> str:
        return unquote(self.path)


@dataclass(slots=True)
class _Head:
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    keep_alive: bool
    length: int
    chunked: bool


class RequestReader:
    """Give it what arrives, take what is complete; `wants_continue` while a client waits to send its body."""

    def __init__(self) -> None:
        self.wants_continue = False
        self._buffer = bytearray()
        self._head: _Head | None = None
        self._chunks: list[bytes] | None = None
        self._looked = 0

    @property
    def idle(self) -> bool:
        """Whether nothing of a next request has arrived."""
        return self._head is None and not self._buffer

    def feed(self, data: bytes) -> list[Request]:
        """Raises BadRequest."""
        self._buffer += data
        found: list[Request] = []
        while (request := self._next()) is not None:
            found.append(request)
        return found

    def _next(self) -> Request | None:
        if self._head is None and not self._read_head():
            return None
        head = self._head
        assert head is not None
        body = self._chunked_body() if head.chunked else self._sized_body(head.length)
        if body is None:
            return None
        self._head = None
        self.wants_continue = False
        return Request(head.method, head.target, head.headers, body, head.keep_alive)

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n", max(self._looked - 3, 0))
        if end < 0:
            self._looked = len(self._buffer)
            if self._looked > MAX_HEAD:
                raise BadRequest("the head is too long")
            return False
        self._head = _read_head(bytes(self._buffer[:end]))
        del self._buffer[: end + 4]
        self._looked = 0
        expected = {name.lower(): value.lower() for name, value in self._head.headers}.get("expect")
        self.wants_continue = expected == "100-continue"
        return True

    def _sized_body(self, length: int) -> bytes | None:
        if len(self._buffer) < length:
            return None
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    def _chunked_body(self) -> bytes | None:
        chunks = self._chunks if self._chunks is not None else []
        self._chunks = chunks
        while (chunk := self._chunk()) is not None:
            if not chunk:
                self._chunks = None
                return b"".join(chunks)
            chunks.append(chunk)
        return None

    def _chunk(self) -> bytes | None:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return None
        try:
            size = int(bytes(self._buffer[:end]).partition(b";")[0], 16)
        except ValueError as error:
            raise BadRequest("a chunk without a size") from error
        if len(self._buffer) < end + 2 + size + 2:
            return None
        chunk = bytes(self._buffer[end + 2 : end + 2 + size])
        del self._buffer[: end + 2 + size + 2]
        return chunk


def _read_head(raw: bytes) -> _Head:
    first, *lines = raw.decode("latin-1").split("\r\n")
    try:
        method, target, version = first.split(" ")
    except ValueError as error:
        raise BadRequest(f"no request line: {first[:80]!r}") from error
    headers = tuple(_read_header(line) for line in lines)
    named = {name.lower(): value for name, value in headers}
    connection = named.get("connection", "").lower()
    keep_alive = "keep-alive" in connection if version == "HTTP/1.0" else "close" not in connection
    chunked = "chunked" in named.get("transfer-encoding", "").lower()
    length = named.get("content-length", "0")
    if not length.isdigit() or not version.startswith("HTTP/1."):
        raise BadRequest(f"not HTTP/1.1: {first[:80]!r}")
    return _Head(method, target, headers, keep_alive, int(length), chunked)


def _read_header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or name != name.strip():
        raise BadRequest(f"no header: {line[:80]!r}")
    return name, value.strip()
