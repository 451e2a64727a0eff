"""How the daemon is, in one page; answers at once and says what is still coming."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from triforce_daemon.access.caller import Caller
from triforce_daemon.providers.condition import CALLABLE
from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.services.keys import KeyDesk
from triforce_daemon.services.ledger import Ledger
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.wire.constants import PROTOCOL, VERSION
from triforce_daemon.wire.status import DaemonState, DaemonStatus, Health, ProviderStatus, Status, Stopping

Manager = Literal["systemd", "cli", "shell"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where this daemon runs, and since when (ms)."""

    socket: str
    database: str
    config: str | None
    managed_by: Manager
    since: int
    #: The addresses of its network listeners.
    listen: Sequence[str] = ()


class StatusPage:
    def __init__(
        self,
        place: Place,
        lifecycle: Lifecycle,
        registry: ModelRegistry,
        ledger: Ledger,
        keys: KeyDesk,
        drain_seconds: float,
        network: Callable[[], Sequence[Health]] = tuple,
    ) -> None:
        """`network`: what is wrong with the listeners."""
        self._place = place
        self._lifecycle = lifecycle
        self._registry = registry
        self._ledger = ledger
        self._keys = keys
        self._drain_seconds = drain_seconds
        self._network = network

    @property
    def managed_by(self) -> Manager:
        return self._place.managed_by

    @property
    def state(self) -> DaemonState:
        return self._lifecycle.state

    async def read(self, caller: Caller) -> Status:
        """As `caller` may see it."""
        providers = await self._registry.states()
        return Status(
            schema="triforce.status/1",
            daemon=self._daemon(caller),
            providers=providers,
            engines=self._registry.engines(),
            usage=await self._ledger.today(caller),
            health=[*self._network(), *self._keys.ills(), *_health(providers, await self._registry.default_id())],
        )

    def stop(self) -> Stopping:
        """Begin to drain; returns at once."""
        stopping = Stopping(
            schema="triforce.daemon.stop/1",
            pid=os.getpid(),
            streams=self._lifecycle.streams,
            drain_seconds=self._drain_seconds,
        )
        self._lifecycle.request_stop()
        return stopping

    def _daemon(self, caller: Caller) -> DaemonStatus:
        place, sees_files = self._place, caller.is_admin
        return DaemonStatus(
            state=self._lifecycle.state,
            pid=os.getpid(),
            version=VERSION,
            protocol=PROTOCOL,
            since=rfc3339(place.since),
            socket=place.socket if sees_files else None,
            listen=list(place.listen),
            managed_by=place.managed_by,
            database=place.database if sees_files else None,
            config=place.config if sees_files else None,
            streams=self._lifecycle.streams,
        )


def _health(providers: list[ProviderStatus], default: str) -> list[Health]:
    lines = [_down(state) for state in providers if state["state"] == "down"]
    if not lines and not any(state["state"] in CALLABLE for state in providers):
        message = "No provider can be asked: no model can answer."
        lines.append(Health(code="providers.none", severity="error", message=message, fix=_ENABLE))
    for state in providers:
        if state["state"] == "absent" and default.startswith(state["name"] + "/"):
            message = state["reason"] or f"{default} is not here yet."
            lines.append(Health(code="model.absent", severity="info", message=message, fix="`triforce models pull`"))
    return lines


_ENABLE = "`triforce keys set PROVIDER`; or `triforce config set builtin.enabled true`, then `triforce daemon restart`."


def _down(state: ProviderStatus) -> Health:
    name, message = state["name"], f"{state['name']}: {state['reason'] or state['state']}"
    if state["models"]:
        return Health(code=f"provider.{name}", severity="error", message=message, fix="See `triforce doctor`.")
    # It was never there, as an Ollama that nobody has installed: no reason for alarm.
    fix = f"Where it is not wanted: `triforce providers disable {name}`."
    return Health(code=f"provider.{name}", severity="info", message=message, fix=fix)
