"""HTTP on the connections of each listener: notes where one came in, and what is known of its other end."""

import asyncio
import socket
import struct
from typing import Any, cast
from urllib.parse import unquote

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from triforce_daemon.listeners.crowd import Crowd
from triforce_daemon.listeners.cycle import Cycle
from triforce_daemon.listeners.held_head import HeldHead
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


class MarkedProtocol(HttpToolsProtocol):
    """HTTP that tells the app by which listener a request came."""

    listener: str

    def connection_made(self, transport: Any) -> None:
        super().connection_made(cast(asyncio.Transport, HeldHead(transport, self.loop)))
        self.hang_up = HangUp()
        self.idle = Alarm(self.loop, self.timeout_keep_alive_handler)
        known = {"listener": self.listener, "hang_up": self.hang_up}
        self.app_state = {**self.app_state, **self.known(transport), **known}
        if cast(Connections, self.server_state).closing:
            # Accepted while the others were told to end: nobody would tell this one, and the daemon would wait for it.
            self.shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.idle.cancel()
        self.hang_up.happen()

    def on_headers_complete(self) -> None:
        """As uvicorn does it, without what nobody here asks for: another protocol, a path in front of ours."""
        parser = cast(httptools.HttpRequestParser, self.parser)
        version, asked = parser.get_http_version(), httptools.parse_url(self.url)
        path = asked.path.decode("ascii")
        cast(dict[str, Any], self.scope).update(
            method=parser.get_method().decode("ascii"),
            http_version=version,
            path=unquote(path) if "%" in path else path,
            raw_path=asked.path,
            query_string=asked.query or b"",
        )
        before = cast("Cycle | None", self.cycle)
        self.cycle = Cycle(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=[],
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version != "1.0" and parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        app = cast(ASGI3Application, self.app)
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, app)
        else:
            # It has come before the one in front of it was answered.
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, app))

    def on_response_complete(self) -> None:
        """As uvicorn does it, but with one timer for all requests of a connection."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self.await_another()

    def await_another(self) -> None:
        """Close the connection where no other request comes in time."""
        self.idle.set(self.loop.time() + self.timeout_keep_alive)

    def _unset_keepalive_if_required(self) -> None:
        self.idle.set(None)

    def known(self, transport: Any) -> dict[str, Any]:
        """What is known of who is at the other end, without asking."""
        return {}


class PeerProtocol(MarkedProtocol):
    """On the Unix socket: pid, uid and gid of the other end, which the kernel vouches for."""

    listener = "socket"

    def known(self, transport: Any) -> dict[str, Any]:
        connection = transport.get_extra_info("socket")
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return {"peer": struct.unpack("3i", credentials)}
