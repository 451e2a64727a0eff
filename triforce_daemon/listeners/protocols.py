"""HTTP on the connections of each listener: notes where one came in, and what is known of its other end."""

import asyncio
import socket
import struct
from collections import deque
from typing import Any, cast
from urllib.parse import unquote

import httptools
import uvicorn
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl
from uvicorn.protocols.utils import get_local_addr, get_remote_addr, is_ssl
from uvicorn.server import ServerState

from triforce_daemon.listeners.crowd import Crowd
from triforce_daemon.listeners.cycle import Cycle
from triforce_daemon.listeners.declined_offer import DeclinedOffer
from triforce_daemon.listeners.fault import fault_of, whole_answer
from triforce_daemon.listeners.limits import Limits
from triforce_daemon.runtime.alarm import Alarm
from triforce_daemon.runtime.hang_up import HangUp


class Connections(ServerState):
    """Uvicorn's list of a listener's connections, how many there may be, and whether they are being closed."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.limits = limits
        self.crowd = Crowd(limits.connections, limits.per_address)
        self.closing = False


class HttpProtocol(asyncio.Protocol):
    """HTTP that tells the app by which listener a request came. Uvicorn's has each request pay for what nobody here
    asks for: other protocols, a path in front of ours, an access log of its own, a timer for each request."""

    listener: str

    def __init__(self, config: uvicorn.Config, state: Connections) -> None:
        self.server_state = state
        self.loop = asyncio.get_running_loop()
        #: None once the connection has ended, as the requests below: each holds this, and is held by it.
        self.parser: Any = httptools.HttpRequestParser(self)
        # Else who sends two requests and closes gets no answer to the first.
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.app = cast(ASGIApp, config.loaded_app)
        self._idle_seconds = config.timeout_keep_alive
        #: The newest request, and the one that is being answered: what came between them waits.
        self.cycle: Cycle | None = None
        self._running: Cycle | None = None
        #: What came before the request in front of it was answered.
        self.pipeline: deque[Cycle] = deque()
        self.url = b""
        self.headers: list[tuple[bytes, bytes]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.flow = FlowControl(self.transport)
        self.hang_up = HangUp()
        self.idle = Alarm(self.loop, self._close_idle)
        self.client = get_remote_addr(self.transport)
        #: What all scopes of this connection have in common.
        self._scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "server": get_local_addr(self.transport),
            "client": self.client,
            "scheme": "https" if is_ssl(self.transport) else "http",
            "root_path": "",
        }
        self._state = {**self.known(transport), "listener": self.listener, "hang_up": self.hang_up}
        self.server_state.connections.add(cast(Any, self))
        if self.server_state.closing:
            # Accepted while the others were told to end: nobody would tell this one, and the daemon would wait for it.
            self.shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        self.server_state.connections.discard(cast(Any, self))
        for cycle in (self._running, self.cycle, *self.pipeline):
            if cycle is not None:
                cycle.leave()
        self.cycle = self._running = None
        self.pipeline.clear()
        self.flow.resume_writing()
        if exc is None:
            self.transport.close()
        self.parser = None
        self.idle.cancel()
        self.hang_up.happen()

    def eof_received(self) -> None:
        """Who has said all does not hear any more either: the transport closes itself."""

    def data_received(self, data: bytes) -> None:
        """Raises HttpParserError for what is no HTTP."""
        self.idle.set(None)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            self.decline()
            self.parser.feed_data(data[offer.args[0] :])

    def pause_writing(self) -> None:
        self.flow.pause_writing()

    def resume_writing(self) -> None:
        self.flow.resume_writing()

    def shutdown(self) -> None:
        """The server ends: no other request comes by this connection."""
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()
        else:
            self.answer_no_other()

    def answer_no_other(self) -> None:
        """The connection ends with the answer that is under way."""
        if self.cycle is not None:
            self.cycle.keep_alive = False

    def decline(self) -> None:
        """Answer the newest request as any other, though it offers another protocol, and none after it."""
        self.answer_no_other()
        if self.cycle is not None:
            self.cycle.more_body = True
        self.parser = DeclinedOffer(self, self.parser.get_method())

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        parser = self.parser
        version, asked = parser.get_http_version(), httptools.parse_url(self.url)
        # The form that proxies get may end with the host.
        raw = asked.path or b"/"
        path = raw.decode("ascii")
        scope: Scope = {
            **self._scope,
            "http_version": version,
            "method": parser.get_method().decode("ascii"),
            "path": unquote(path) if "%" in path else path,
            "raw_path": raw,
            "query_string": asked.query or b"",
            "headers": self.headers,
            "state": {**self._state},
        }
        before = self.cycle
        self.cycle = Cycle(
            scope,
            self.transport,
            self.flow,
            self.on_response_complete,
            keep_alive=version != "1.0" and parser.should_keep_alive(),
            expects_continue=dict(self.headers).get(b"expect", b"").lower() == b"100-continue",
        )
        if before is None or before.response_complete:
            self._start(self.cycle)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft(self.cycle)

    def on_body(self, body: bytes) -> None:
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete and cycle.take(body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()

    def on_message_complete(self) -> None:
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.taken()

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start(self.pipeline.pop())
        else:
            self.await_another()

    def await_another(self) -> None:
        """Close the connection where no other request comes in time."""
        self.idle.set(self.loop.time() + self._idle_seconds)

    def known(self, transport: Any) -> dict[str, Any]:
        """What is known of who is at the other end, without asking."""
        return {}

    def _start(self, cycle: Cycle) -> None:
        self._running = cycle
        cycle.start(self.app, self.loop, self.server_state.tasks)

    def _close_idle(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


class PeerProtocol(HttpProtocol):
    """On the Unix socket: pid, uid and gid of the other end, which the kernel vouches for."""

    listener = "socket"

    def data_received(self, data: bytes) -> None:
        if self.parser is None:
            return
        try:
            super().data_received(data)
        except httptools.HttpParserError as error:
            if self.cycle is None or self.cycle.response_complete or self.cycle.more_body:
                self.transport.write(whole_answer(fault_of(error)))
                self.transport.close()
            else:
                # It is the one behind it that is wrong: this one is answered.
                self.answer_no_other()

    def known(self, transport: Any) -> dict[str, Any]:
        connection = transport.get_extra_info("socket")
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return {"peer": struct.unpack("3i", credentials)}
