"""Serves one app on every bound socket, until the daemon is told to stop; then drains them together."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Callable, Generator, Sequence
from typing import cast

import uvicorn
from starlette.types import ASGIApp

from triforce_daemon.listeners.ears import Ear
from triforce_daemon.listeners.handshake import Handshakes
from triforce_daemon.listeners.protocols import Connections, HttpProtocol
from triforce_daemon.listeners.tcp_protocol import SecureProtocol
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.runtime.tasks import Tasks

log = logging.getLogger(__name__)

#: After the last answer was cut, so long until connections are dropped.
GRACE_SECONDS = 5
#: An idle connection stays open for a client that asks again.
KEEP_ALIVE_SECONDS = 75
#: While answers end, it is looked so often whether all have.
LOOK_EVERY_SECONDS = 0.01


class Server(uvicorn.Server):
    """Uvicorn without its signal handlers (the daemon drains in its own order), its ten wake-ups a second, and its
    way to encrypt, which knows one certificate for ever and lets a handshake take a minute."""

    def __init__(self, config: uvicorn.Config, ear: Ear, tasks: Tasks) -> None:
        super().__init__(config)
        self.server_state: Connections = Connections(ear.limits)
        self._ear = ear
        self._tasks = tasks
        self._told_to_stop = asyncio.Event()

    def stop(self) -> None:
        self.should_exit = True
        self.server_state.closing = True
        self._told_to_stop.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.servers = [cast(asyncio.Server, await self._listen())]
        self.started = True

    async def main_loop(self) -> None:
        await self._told_to_stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does it, but for the tenth of a second that it sleeps whatever there is to wait for."""
        state = self.server_state
        for server in self.servers:
            server.close()
        for bound in sockets or ():
            bound.close()
        for connection in list(state.connections):
            connection.shutdown()
        try:
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                while state.connections or state.tasks:
                    await asyncio.sleep(LOOK_EVERY_SECONDS)
                for server in self.servers:
                    await server.wait_closed()
        except TimeoutError:
            log.error("dropping answers that do not end", extra={"answers": len(state.tasks)})
            for task in list(state.tasks):
                task.cancel()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def _listen(self) -> "asyncio.Server | Handshakes":
        bound, context = self._ear.bound, self._ear.context
        if context is None:
            loop = asyncio.get_running_loop()
            return await loop.create_server(self._speak, sock=bound, backlog=self.config.backlog)
        speak = cast(Callable[[], SecureProtocol], self._speak)
        accepting = Handshakes(bound, self.server_state, context, speak, self._tasks)
        accepting.listen()
        return accepting

    def _speak(self) -> HttpProtocol:
        return self._ear.protocol(self.config, self.server_state)


class Listening:
    """Serves until SIGTERM, SIGINT or a request to stop; then drains."""

    def __init__(self, app: ASGIApp, ears: Sequence[Ear], lifecycle: Lifecycle, drain_seconds: float) -> None:
        tasks = Tasks()
        self._servers = [Server(_config(app, drain_seconds), ear, tasks) for ear in ears]
        self._bound = [ear.bound for ear in ears]
        self._lifecycle = lifecycle
        self._drain_seconds = drain_seconds

    async def serve(self, ready: Callable[[], None], draining: Callable[[], None] = lambda: None) -> None:
        """Returns when all is sent and closed; `ready` is called when the sockets answer, `draining` as it ends."""
        self._tell_draining = draining
        loop = asyncio.get_running_loop()
        self._lifecycle.on_stop_request(self._drain)
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._drain)
        self._lifecycle.state = "ready"
        # The sockets listen since they were bound: whoever connects before the loop turns waits, and is served.
        ready()
        await asyncio.gather(
            *(server.serve(sockets=[bound]) for server, bound in zip(self._servers, self._bound, strict=True))
        )

    def _drain(self) -> None:
        if self._lifecycle.state == "draining":
            log.warning("told to stop again: ending open answers now")
            self._lifecycle.cut_all()
            return
        self._lifecycle.state = "draining"
        self._tell_draining()
        log.info("draining", extra={"streams": self._lifecycle.streams, "seconds": self._drain_seconds})
        self._lifecycle.cut_endless()
        for server in self._servers:
            server.stop()
        asyncio.get_running_loop().call_later(self._drain_seconds, self._lifecycle.cut_all)


def _config(app: ASGIApp, drain_seconds: float) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=HttpProtocol,
        interface="asgi3",
        ws="none",
        loop="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=int(drain_seconds) + GRACE_SECONDS,
    )
