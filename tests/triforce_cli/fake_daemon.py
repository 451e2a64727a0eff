"""A small real HTTP server on a Unix socket that stands in for the daemon: canned replies, and faults on request."""

import json
import os
import socket
import socketserver
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.triforce_cli import replies
from triforce_daemon.wire.constants import PROTOCOL, PROTOCOL_HEADER, REQUEST_ID_HEADER

REQUEST_ID = "0197a000-0000-7000-8000-000000000001"


@dataclass
class Asked:
    """A request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


@dataclass
class Answer:
    """What is sent back: JSON, or a stream of `events`, or `raw` bytes instead of HTTP."""

    body: Any = None
    status: int = 200
    #: Dicts are sent as events, bytes as they are; a number is a pause in seconds. Without `done` or `error`
    #: at the end, the stream is cut as if the daemon had died.
    events: list[Any] | None = None
    raw: bytes | None = None
    protocol: str | None = str(PROTOCOL)
    pause: float = 0
    read_body: bool = True


@dataclass
class FakeDaemon:
    """Listens on `socket` until closed; remembers in `asked` what it was asked."""

    socket: str
    asked: list[Asked] = field(default_factory=list)
    #: How many streams the client has hung up on.
    hung_up: int = 0
    _answers: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)
    _server: Any = None

    def __enter__(self) -> "FakeDaemon":
        os.makedirs(os.path.dirname(self.socket), mode=0o700, exist_ok=True)
        self._server = _Server(self.socket, _handler_for(self))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        os.unlink(self.socket)

    def answers(self, method: str, path: str, body: Any = None, status: int = 200, **how: Any) -> None:
        """From now on, answer this so; several calls queue up, and the last one stays."""
        self._answers.setdefault((method, path), []).append(Answer(body, status, **how))

    def refuses(self, method: str, path: str, status: int, code: str, message: str = "No.", **more: Any) -> None:
        """From now on, answer this with an error."""
        error = {"code": code, "message": message, "hint": None, "request_id": REQUEST_ID, **more}
        self.answers(method, path, {"error": error}, status)

    def streams(self, method: str, path: str, events: Iterable[Any], **how: Any) -> None:
        """From now on, answer this with these events; see `Answer.events`."""
        self.answers(method, path, events=list(events), **how)

    def answer_to(self, method: str, path: str) -> Answer:
        queue = self._answers.get((method, path)) or self._answers.get((method, "*"))
        if queue:
            return queue.pop(0) if len(queue) > 1 else queue[0]
        canned: Any = replies.CANNED.get((method, path))
        if canned is None:
            error = {"code": "not_found", "message": f"No {method} {path}.", "hint": None, "request_id": REQUEST_ID}
            return Answer({"error": error}, 404)
        return Answer(events=canned) if type(canned) is list else Answer(canned)  # pyright: ignore[reportUnknownArgumentType]


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    # Threads that still wait for a client would hold up the end of a test.
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that goes away is part of what is tested.
        pass


def _handler_for(daemon: FakeDaemon) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self.serve
            raise AttributeError(name)

        def address_string(self) -> str:
            return "socket"

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def serve(self) -> None:
            parts = urlsplit(self.path)
            path = unquote(parts.path)
            answer = daemon.answer_to(self.command, path)
            content = self.rfile.read(int(self.headers.get("content-length") or 0)) if answer.read_body else b""
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = json.loads(content) if content else None
            daemon.asked.append(Asked(self.command, path, query, body, headers))
            time.sleep(answer.pause)
            self.close_connection = True
            if answer.raw is not None:
                self.wfile.write(answer.raw)
            elif answer.events is not None:
                self._stream(answer)
            else:
                self._reply(answer)

        def _reply(self, answer: Answer) -> None:
            content = json.dumps(answer.body).encode()
            self._head(answer, "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _stream(self, answer: Answer) -> None:
            self._head(answer, "text/event-stream; charset=utf-8")
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            event: Any = None
            for event in answer.events or ():
                if isinstance(event, int | float):
                    if self._gone_within(event):
                        daemon.hung_up += 1
                        return
                    continue
                self._chunk(event if isinstance(event, bytes) else f"data: {json.dumps(event)}\n\n".encode())
            if isinstance(event, dict):
                self._chunk(b"")

        def _gone_within(self, seconds: float) -> bool:
            self.connection.settimeout(seconds)
            try:
                return self.connection.recv(1, socket.MSG_PEEK) == b""
            except TimeoutError:
                return False
            except OSError:
                return True
            finally:
                self.connection.settimeout(None)

        def _chunk(self, content: bytes) -> None:
            self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
            self.wfile.flush()

        def _head(self, answer: Answer, content_type: str) -> None:
            self.send_response(answer.status)
            self.send_header("content-type", content_type)
            self.send_header(REQUEST_ID_HEADER, REQUEST_ID)
            if answer.protocol is not None:
                self.send_header(PROTOCOL_HEADER, answer.protocol)

    return Handler
