"""The first moments of an encrypted connection: a place for it, then TLS within a time, then HTTP."""

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

from triforce_daemon.listeners.crowd import Seat
from triforce_daemon.listeners.protocols import Connections
from triforce_daemon.listeners.tcp_protocol import SecureProtocol
from triforce_daemon.runtime.tasks import Tasks


class Handshake(asyncio.Protocol):
    """Takes the certificate of the moment, so that a new one holds for whoever comes next, and for nobody else."""

    def __init__(
        self,
        state: Connections,
        context: Callable[[], ssl.SSLContext],
        speak: Callable[[], SecureProtocol],
        tasks: Tasks,
    ) -> None:
        """`speak`: the HTTP that is spoken afterwards."""
        self._state = state
        self._tasks = tasks
        self._context = context
        self._speak = speak
        self._seat: Seat | None = None
        self._early: list[bytes] = []
        self._lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self._seat = self._state.crowd.enter(peer[0] if peer else "")
        if self._seat is None or self._state.closing:
            # Words would need the encryption first, which is what costs.
            self.abort()
            return
        self._transport.pause_reading()
        self._state.handshakes.add(self)
        self._tasks.start(self._shake(), "handshake")

    def abort(self) -> None:
        self._transport.abort()
        if self._seat is not None:
            self._seat.leave()

    def data_received(self, data: bytes) -> None:
        # What came in one piece with the end of the handshake.
        self._early.append(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = True

    async def _shake(self) -> None:
        seconds = self._state.limits.handshake_seconds
        loop = asyncio.get_running_loop()
        try:
            encrypted = await loop.start_tls(
                self._transport, self, self._context(), server_side=True, ssl_handshake_timeout=seconds
            )
        except (OSError, TimeoutError):
            # Whoever it was spoke no TLS 1.3, or did not like the certificate, or went away.
            encrypted = None
        finally:
            self._state.handshakes.discard(self)
        if encrypted is None or self._lost:
            self.abort()
            return
        http = self._speak()
        http.seat = self._seat
        encrypted.set_protocol(http)
        http.connection_made(encrypted)
        for data in self._early:
            http.data_received(data)
