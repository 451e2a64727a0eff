"""The daemon's checks of itself: each says what is wrong and how to mend it."""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from triforce_daemon.configuration import sources
from triforce_daemon.providers.provider import Provider
from triforce_daemon.stores import schema
from triforce_daemon.wire.doctor import Check, CheckList

ROOM_FOR_A_MODEL = 300 << 20

Finding = tuple[Literal["ok", "warn", "fail"], str, str | None]


@dataclass(frozen=True, slots=True)
class Doctor:
    """Looks at files and providers; changes nothing. Works without a running daemon."""

    config_file: str
    environ: dict[str, str]
    database: str
    providers: Sequence[Provider]

    async def examine(self) -> CheckList:
        checks = [
            _timed("config.valid", "configuration", self._configuration),
            _timed("database.whole", "database", self._database),
            _timed("disk.room", "database", self._room),
            *(
                _timed(f"provider.{provider.name}", "providers", lambda provider=provider: _provider(provider))
                for provider in self.providers
            ),
        ]
        return CheckList(schema="triforce.doctor.list/1", items=checks, next=None)

    def _configuration(self) -> Finding:
        problems = sources.problems(self.config_file, self.environ)
        if problems:
            first = problems[0]
            place = f"line {first['line']}: " if first["line"] else ""
            return "fail", f"{self.config_file}: {place}{first['key'] or ''} {first['message']}", first["hint"]
        return "ok", f"{self.config_file} is valid" if os.path.exists(self.config_file) else "defaults (no file)", None

    def _database(self) -> Finding:
        if not os.path.exists(self.database):
            return "ok", "no database yet; it is made at the first start", None
        try:
            connection = sqlite3.connect(schema.for_reading(self.database), uri=True)
            try:
                answer = str(connection.execute("PRAGMA quick_check").fetchone()[0])
            finally:
                connection.close()
        except sqlite3.Error as error:
            return "fail", f"{self.database}: {error}", "Check its owner and mode, or restore a backup."
        if answer != "ok":
            return "fail", f"{self.database}: {answer}", "Stop the daemon and restore a backup."
        return "ok", f"{self.database} is whole", None

    def _room(self) -> Finding:
        folder = os.path.dirname(self.database)
        while not os.path.isdir(folder):
            folder = os.path.dirname(folder)
        free = shutil.disk_usage(folder).free
        words = f"{free / (1 << 30):.1f} GiB free in {folder}"
        return ("warn", words, "Free some space.") if free < ROOM_FOR_A_MODEL else ("ok", words, None)


def _provider(provider: Provider) -> Finding:
    models = provider.models()
    best = next((model for model in models if model["state"] in ("ok", "absent")), None)
    if best is None:
        reason = models[0]["reason"] if models else "no models"
        return "fail", f"{provider.name}: {reason}", models[0]["fix"] if models else None
    if best["state"] == "absent":
        return "warn", f"{provider.name}: {best['reason'] or 'the model is fetched on first use'}", best["fix"]
    return "ok", f"{provider.name}: {len(models)} model{'s' if len(models) != 1 else ''}", None


def _timed(name: str, category: str, look: Callable[[], Finding]) -> Check:
    begin = time.perf_counter()
    status, summary, fix = look()
    ms = round((time.perf_counter() - begin) * 1_000, 1)
    return Check(id=name, category=category, status=status, summary=summary, details=None, fix=fix, ms=ms)
