"""Ends the daemon so that its service manager starts it anew; and what it runs itself, at once."""

from dataclasses import dataclass, field
from typing import Literal

from triforce_daemon.children.embedder import Embedder
from triforce_daemon.errors import Conflict, InvalidArguments, NotFound, ToolUnavailable
from triforce_daemon.providers.restarting import Restarts as RestartsModels
from triforce_daemon.runtime.clock import Clock, rfc3339
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.administration.change_records import ChangeRecords
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.status import StatusPage
from triforce_daemon.toolbox.call import ToolCall

Target = Literal["backend", "agent", "worker"]

#: What the model is called that finds by meaning.
EMBEDDINGS = "embeddings"


@dataclass(slots=True)
class Restarts:
    page: StatusPage
    lifecycle: Lifecycle
    registry: ModelRegistry
    embedder: Embedder
    records: ChangeRecords
    tasks: Tasks
    clock: Clock
    _scheduled: bool = field(default=False, init=False)

    async def restart(self, call: ToolCall, target: Target, name: str | None, delay: int) -> tuple[str, str | None]:
        """When the daemon ends or the worker was started, and which worker. Raises as the two below do."""
        if target == "agent":
            raise ToolUnavailable("This daemon runs no agents.", "Its workers are the models that it runs itself.")
        if target == "worker":
            which, done = await self.worker(name)
            await self.records.record(call, "worker.restart", {"at": done}, on=which)
            return done, which
        self._check_begun_again()
        scheduled = rfc3339(self.clock.now_ms() + delay * 1_000)
        # Before: what is not written down is not done.
        await self.records.record(call, "backend.restart", {"at": scheduled})
        self.backend(delay)
        return scheduled, None

    def backend(self, delay: int) -> None:
        """End the daemon in `delay` seconds, as `triforce daemon stop` does, and have it started again.

        Raises ToolUnavailable where nobody would start it, Conflict where it ends already.
        """
        self._check_begun_again()
        self._scheduled = True
        self.tasks.start(self._end(delay), "restart")

    async def worker(self, name: str | None) -> tuple[str, str]:
        """End a model that is in memory and start it again; its name, and when. Without a name the only one.

        Raises NotFound, InvalidArguments where there are several, Conflict while it answers, ProviderUnavailable.
        """
        running = [engine["model"] for engine in self.registry.engines() if engine["state"] == "ready"]
        if self.embedder.running:
            running.append(EMBEDDINGS)
        if name is None and len(running) > 1:
            raise InvalidArguments("Several workers run.", f"Name one as id: {', '.join(running)}.")
        if not running or name not in (None, *running):
            told = f"There are: {', '.join(running)}." if running else "A model is started by whoever asks it first."
            raise NotFound(f"No worker {name} runs." if name else "No worker runs.", told)
        chosen = name or running[0]
        await self._restart(chosen)
        return chosen, rfc3339(self.clock.now_ms())

    def _check_begun_again(self) -> None:
        if self.page.managed_by != "systemd":
            raise ToolUnavailable(
                "Nobody would start this daemon again: it was not started by systemd.",
                "`triforce daemon restart` does both; `triforce daemon install` makes a service of it.",
            )
        if self._scheduled or self.lifecycle.state != "ready":
            raise Conflict("The daemon ends already.", "`triforce status` tells when it is back.")

    async def _restart(self, name: str) -> None:
        if name == EMBEDDINGS:
            await self.embedder.restart()
            return
        owner, _, model = name.partition("/")
        provider = self.registry.provider(owner)
        if not isinstance(provider, RestartsModels):
            raise InvalidArguments(f"{name} is not run by this daemon.", "Restart it where it runs.")
        await provider.restart(model)

    async def _end(self, delay: int) -> None:
        await self.clock.sleep(delay)
        self.lifecycle.request_restart()
