"""The daemon's checks of itself: each says what is wrong and how to mend it."""

import os
import shutil
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from triforce_daemon.children.sandbox import Availability, Sandbox
from triforce_daemon.configuration import sources
from triforce_daemon.providers.provider import Provider
from triforce_daemon.services.redis_check import Ask, redis_finding
from triforce_daemon.stores.database import Database, Finding
from triforce_daemon.stores.vault.vault import Vault
from triforce_daemon.wire.doctor import Check, CheckList

ROOM_FOR_A_MODEL = 300 << 20


@dataclass(frozen=True, slots=True)
class Doctor:
    """Looks at files and providers; changes nothing. Works without a running daemon."""

    config_file: str
    environ: dict[str, str]
    database: Database
    #: Where the daemon's files are.
    folder: str
    providers: Sequence[Provider]
    vault: Vault
    sandbox: Sandbox
    #: None: the daemon counts alone.
    redis: Ask | None = None

    async def examine(self) -> CheckList:
        checks = [
            _timed("config.valid", "configuration", self._configuration),
            await _timed_asking("database.whole", "database", self.database.examine()),
            _timed("disk.room", "database", self._room),
            _timed("vault.open", "keys", self._vault),
            _timed("sandbox.confines", "tools", partial(_sandbox, await self.sandbox.availability())),
        ]
        if self.redis is not None:
            finding = await redis_finding(self.redis)
            checks.append(_timed("redis.answers", "limits", lambda: finding))
        for provider in self.providers:
            look = partial(_provider, provider, await _names(provider))
            checks.append(_timed(f"provider.{provider.name}", "providers", look))
        return CheckList(schema="triforce.doctor.list/1", items=checks, next=None)

    def _configuration(self) -> Finding:
        problems = sources.problems(self.config_file, self.environ)
        if problems:
            first = problems[0]
            place = f"line {first['line']}: " if first["line"] else ""
            return "fail", f"{self.config_file}: {place}{first['key'] or ''} {first['message']}", first["hint"]
        return "ok", f"{self.config_file} is valid" if os.path.exists(self.config_file) else "defaults (no file)", None

    def _vault(self) -> Finding:
        state, kept = self.vault.state, len(self.vault.entries)
        if state.state == "closed":
            return "fail", state.reason or f"{state.path} cannot be opened", state.fix
        if state.state == "empty":
            return "ok", "no keys in the vault yet", None
        return "ok", f"{state.path} is open: {kept} key{'s' if kept != 1 else ''}", None

    def _room(self) -> Finding:
        folder = self.folder
        while not os.path.isdir(folder):
            folder = os.path.dirname(folder)
        free = shutil.disk_usage(folder).free
        words = f"{free / (1 << 30):.1f} GiB free in {folder}"
        return ("warn", words, "Free some space.") if free < ROOM_FOR_A_MODEL else ("ok", words, None)


def _sandbox(found: Availability) -> Finding:
    if not found.available:
        return "warn", f"no tool can run code: {found.reason}", found.fix
    return "ok", "code that tools run is confined by bubblewrap", None


async def _names(provider: Provider) -> list[str]:
    """The models of a provider that costs nothing to ask; the others are not asked here."""
    if provider.refresh_seconds:
        return []
    return [listed.name for listed in await provider.list_models()]


def _provider(provider: Provider, names: Sequence[str]) -> Finding:
    own = provider.condition()
    conditions = [provider.condition(name) for name in names] or [own]
    best = next((condition for condition in conditions if condition.callable), conditions[0])
    words = f"{provider.name}: {best.reason or best.state}"
    if not best.callable:
        return ("ok" if best.state in _CHOSEN else "fail"), words, best.fix
    if best.state != "ok":
        return "warn", words, best.fix
    return "ok", f"{provider.name}: {_counted(names)}", None


#: Nothing is broken: nobody gave it a key, or nobody wants it, or there is nothing left to have.
_CHOSEN = ("no-key", "disabled", "retired")


def _counted(names: Sequence[str]) -> str:
    return f"{len(names)} model{'s' if len(names) != 1 else ''}" if names else "ready to be asked"


def _timed(name: str, category: str, look: Callable[[], Finding]) -> Check:
    begin = time.perf_counter()
    status, summary, fix = look()
    ms = round((time.perf_counter() - begin) * 1_000, 1)
    return Check(id=name, category=category, status=status, summary=summary, details=None, fix=fix, ms=ms)


async def _timed_asking(name: str, category: str, asked: Awaitable[Finding]) -> Check:
    begin = time.perf_counter()
    finding = await asked
    ms = round((time.perf_counter() - begin) * 1_000, 1)
    return {**_timed(name, category, lambda: finding), "ms": ms}
