"""Whether the parts of the daemon work: each is asked something, and its time is taken."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from typing_extensions import TypedDict

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidArguments, TriforceError
from triforce_daemon.providers.condition import CALLABLE
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.services.ledger import Ledger
from triforce_daemon.services.model_registry import ModelRegistry


class Checked(TypedDict):
    status: Literal["ok", "failed"]
    latency_ms: float
    detail: str


class Health(TypedDict):
    status: Literal["ok", "degraded"]
    checks: dict[str, Checked]
    failed: list[str]


@dataclass(frozen=True, slots=True)
class HealthChecks:
    ledger: Ledger
    registry: ModelRegistry
    lifecycle: Lifecycle
    clock: Clock

    async def run(self, caller: Caller, components: list[str] | None) -> Health:
        """Raises InvalidArguments for a part that there is not."""
        known: dict[str, Callable[[], Awaitable[tuple[bool, str]]]] = {
            "database": partial(self._database, caller),
            "providers": self._providers,
            "daemon": self._daemon,
        }
        unknown = sorted(set(components or ()) - known.keys())
        if unknown:
            raise InvalidArguments(f"There is no component {unknown[0]}.", f"There are: {', '.join(known)}.")
        checks = {name: await self._timed(known[name]) for name in components or known}
        failed = [name for name, check in checks.items() if check["status"] == "failed"]
        return Health(status="degraded" if failed else "ok", checks=checks, failed=failed)

    async def _timed(self, look: Callable[[], Awaitable[tuple[bool, str]]]) -> Checked:
        began = self.clock.ticks()
        try:
            good, detail = await look()
        except TriforceError as error:
            good, detail = False, error.message
        ms = round((self.clock.ticks() - began) * 1_000, 3)
        return Checked(status="ok" if good else "failed", latency_ms=ms, detail=detail)

    async def _database(self, caller: Caller) -> tuple[bool, str]:
        today = await self.ledger.today(caller)
        return True, f"it answers: {today['requests']} requests of yours today"

    async def _providers(self) -> tuple[bool, str]:
        states = await self.registry.states()
        able = [one["name"] for one in states if one["state"] in CALLABLE]
        return bool(able), f"{len(able)} of {len(states)} can be asked: {', '.join(able) or 'none'}"

    async def _daemon(self) -> tuple[bool, str]:
        state = self.lifecycle.state
        return state == "ready", f"{state}, {self.lifecycle.streams} answers are being sent"
