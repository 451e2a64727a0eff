"""The engines of this daemon: at most one a model, kept while somebody uses it and for a while after."""

import asyncio
import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from triforce_daemon.errors import Conflict
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.builtin.running import Engine
from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.wire.status import EngineStatus

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Kept:
    engine: Engine
    since: str
    leases: int = 0
    stop: asyncio.TimerHandle | None = None

    def hold(self) -> None:
        """Keep it from being stopped for want of use."""
        if self.stop is not None:
            self.stop.cancel()
            self.stop = None


class Engines:
    def __init__(
        self, provider: str, idle_seconds: float, tasks: Tasks, outbound: Outbound, now: Callable[[], float]
    ) -> None:
        """`now`: seconds since 1970."""
        self._provider = provider
        self._idle_seconds = idle_seconds
        self._tasks = tasks
        self._outbound = outbound
        self._now = now
        self._starting: dict[str, str] = {}
        #: Those that answer, and those that are about to be gone.
        self._kept: dict[str, _Kept] = {}
        self._leaving: list[_Kept] = []

    def get(self, name: str) -> Engine | None:
        """The engine that answers for the model `name` now."""
        kept = self._kept.get(name)
        return kept.engine if kept is not None and kept.engine.alive else None

    @contextmanager
    def starting(self, name: str) -> Generator[None]:
        """Shows the model as starting meanwhile."""
        self._starting[name] = self._time()
        try:
            yield
        finally:
            del self._starting[name]

    def add(self, engine: Engine) -> None:
        """Keep an engine; its time without use begins now."""
        kept = self._kept[engine.name] = _Kept(engine, self._time())
        self._tasks.start(self._clear_up(kept), f"end of {engine.name}")
        self._wait_for_use(kept)
        log.info("an embedded model is loaded", extra={"model": engine.name, "pid": engine.pid})

    @contextmanager
    def lease(self, engine: Engine) -> Generator[None]:
        """Inside, the engine is not stopped for want of use. One that broke a moment ago is no error yet."""
        kept = self._kept.get(engine.name)
        if kept is None or kept.engine is not engine:
            yield
            return
        kept.hold()
        kept.leases += 1
        try:
            yield
        finally:
            kept.leases -= 1
            if kept.leases == 0 and engine.alive:
                self._wait_for_use(kept)

    async def unload(self, name: str) -> None:
        """Stop the model's engine, where there is one. Raises Conflict while it answers."""
        kept = self._kept.get(name)
        if kept is not None and kept.leases:
            raise Conflict(f"{self._provider}/{name} is answering.", "Wait until it has ended.")
        if kept is not None:
            self._retire(kept)
            await kept.engine.stop()

    def statuses(self) -> list[EngineStatus]:
        starting = [self._status(name, since) for name, since in self._starting.items()]
        return starting + [self._status_of(kept) for kept in (*self._kept.values(), *self._leaving)]

    async def close(self) -> None:
        """Stop all of them, in use or not."""
        for kept in list(self._kept.values()):
            self._retire(kept)
        await asyncio.gather(*(kept.engine.stop() for kept in self._leaving))

    def _wait_for_use(self, kept: _Kept) -> None:
        kept.stop = asyncio.get_running_loop().call_later(self._idle_seconds, self._retire, kept)

    def _retire(self, kept: _Kept) -> None:
        """Nobody is sent to it from this moment on."""
        kept.hold()
        del self._kept[kept.engine.name]
        self._leaving.append(kept)
        self._tasks.start(kept.engine.stop(), f"stop of {kept.engine.name}")

    async def _clear_up(self, kept: _Kept) -> None:
        """After the engine's end, whoever ended it."""
        await kept.engine.ended()
        kept.hold()
        if kept in self._leaving:
            self._leaving.remove(kept)
        if self._kept.get(kept.engine.name) is kept:
            del self._kept[kept.engine.name]
        await self._outbound.forget(kept.engine.socket)

    def _status_of(self, kept: _Kept) -> EngineStatus:
        status = self._status(kept.engine.name, kept.since)
        status["state"] = "stopping" if kept in self._leaving else "ready"
        status["pid"] = kept.engine.pid
        status["active"] = kept.leases
        if kept.stop is not None:
            status["idle_stop_seconds"] = max(0, round(kept.stop.when() - asyncio.get_running_loop().time()))
        return status

    def _status(self, name: str, since: str) -> EngineStatus:
        return EngineStatus(
            model=f"{self._provider}/{name}", state="starting", pid=None, since=since, active=0, idle_stop_seconds=None
        )

    def _time(self) -> str:
        return rfc3339(self._now() * 1_000)
