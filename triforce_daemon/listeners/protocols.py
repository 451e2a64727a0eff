"""HTTP on the connections of each listener: notes where one came in, and what is known of its other end."""

import asyncio
import socket
import struct
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from triforce_daemon.listeners.held_head import HeldHead
from triforce_daemon.runtime.hang_up import HangUp

#: So long the head of a request may take on the network, and so large it may be.
HEAD_SECONDS = 20.0
HEAD_BYTES = 64 << 10
TOO_LARGE_A_HEAD = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Connections(ServerState):
    """Uvicorn's list of its connections, and whether they are being closed."""

    closing = False


class MarkedProtocol(HttpToolsProtocol):
    """HTTP that tells the app by which listener a request came."""

    listener: str

    def connection_made(self, transport: Any) -> None:
        super().connection_made(cast(asyncio.Transport, HeldHead(transport, self.loop)))
        self.hang_up = HangUp()
        known = {"listener": self.listener, "hang_up": self.hang_up}
        self.app_state = {**self.app_state, **self.known(transport), **known}
        if cast(Connections, self.server_state).closing:
            # Accepted while the others were told to end: nobody would tell this one, and the daemon would wait for it.
            self.shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.hang_up.happen()

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


class TcpProtocol(MarkedProtocol):
    """On a TCP port: anybody may be at the other end, and may send as little or as much as he likes.

    The head of a request has to come within a time and a size; uvicorn limits neither. Trailers are not kept.
    """

    listener = "http"

    def connection_made(self, transport: Any) -> None:
        self._head_due: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head_due is not None:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._head_came()
                self.transport.write(TOO_LARGE_A_HEAD)
                self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_bytes = 0
        if self._head_due is None:
            self._await_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._head_due is not None:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._head_came()
        super().on_headers_complete()

    def _await_head(self) -> None:
        self._head_due = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _head_came(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None
