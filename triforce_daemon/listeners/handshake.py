"""The first moments of an encrypted connection: a place for it, then TLS within a time, then HTTP."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable

from triforce_daemon.listeners.crowd import Seat
from triforce_daemon.listeners.protocols import Connections
from triforce_daemon.listeners.tcp_protocol import SecureProtocol
from triforce_daemon.runtime.tasks import Tasks

log = logging.getLogger(__name__)

#: Whoever is told that a connection ends may take so long to agree; the daemon's own end waits for it.
GOODBYE_SECONDS = 1.0
#: So many are accepted before others get their turn, and so long nobody is after the system had no room for one.
_AT_ONCE = 64
_BREATH_SECONDS = 0.5


class Handshakes:
    """Accepts on one socket. Counted before it costs anything; with the certificate of the moment, so that a new one
    holds for whoever comes next and for nobody else. `asyncio.Server` can do neither."""

    def __init__(
        self,
        bound: socket.socket,
        state: Connections,
        context: Callable[[], ssl.SSLContext],
        speak: Callable[[], SecureProtocol],
        tasks: Tasks,
    ) -> None:
        """`speak`: the HTTP that is spoken afterwards."""
        self._bound = bound
        self._state = state
        self._context = context
        self._speak = speak
        self._tasks = tasks
        self._loop = asyncio.get_running_loop()
        self._under_way: set[asyncio.Task[None]] = set()
        self._breath: asyncio.TimerHandle | None = None

    def listen(self) -> None:
        self._breath = None
        self._loop.add_reader(self._bound.fileno(), self._accept)

    def close(self) -> None:
        """Accept nobody else; who has not finished by now is not waited for."""
        if self._breath is not None:
            self._breath.cancel()
        elif self._bound.fileno() >= 0:
            self._loop.remove_reader(self._bound.fileno())
        for task in self._under_way:
            task.cancel()

    async def wait_closed(self) -> None:
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                connection, peer = self._bound.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                # No descriptor or no memory is left: to look again at once would only burn what there is.
                log.error("no connection can be accepted: %s", error.strerror)
                self._loop.remove_reader(self._bound.fileno())
                self._breath = self._loop.call_later(_BREATH_SECONDS, self.listen)
                return
            self._receive(connection, peer[0])

    def _receive(self, connection: socket.socket, address: str) -> None:
        seat = self._state.crowd.enter(address)
        if seat is None:
            # Words would need the encryption first, which is what costs.
            connection.close()
            return
        connection.setblocking(False)
        task = self._tasks.start(self._shake(connection, seat), "handshake")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _shake(self, connection: socket.socket, seat: Seat) -> None:
        http = self._speak()
        http.seat = seat
        try:
            await self._loop.connect_accepted_socket(
                lambda: http,
                connection,
                ssl=self._context(),
                ssl_handshake_timeout=self._state.limits.handshake_seconds,
                ssl_shutdown_timeout=GOODBYE_SECONDS,
            )
        except OSError:
            # Whoever it was spoke no TLS 1.3, or did not like the certificate, or went away, or said nothing.
            seat.leave()
            connection.close()
        except asyncio.CancelledError:
            seat.leave()
            connection.close()
            raise
