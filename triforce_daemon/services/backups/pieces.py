"""What can go into a backup: each kind writes its own files."""

import os
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any, Protocol
from urllib.parse import quote

import orjson

from triforce_daemon.children.pg_dump import PgDump
from triforce_daemon.configuration.without_secrets import without_secrets
from triforce_daemon.errors import StorageFailed
from triforce_daemon.runtime.redaction import Redactor
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.services.backups.archives import explained, private
from triforce_daemon.services.memory_transfer import MemoryTransfer
from triforce_daemon.stores.audit.names import Names
from triforce_daemon.stores.audit.rows import AuditStore
from triforce_daemon.stores.memory import MemoryStore
from triforce_daemon.stores.sessions import SessionStore
from triforce_daemon.stores.sqlite import copying
from triforce_daemon.toolbox.requirement import Missing
from triforce_daemon.wire.sessions import Session

DATABASE = "triforce.db"
_DUMP = "triforce.dump"
_PAGE = 500
#: The names of columns are no plain strings.
_LINE = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS


class Piece(Protocol):
    def missing(self) -> Missing | None:
        """What it needs and is not here."""
        ...

    async def write(self, folder: str) -> None:
        """Write its files into the folder. Raises StorageFailed."""
        ...


class SqliteFile:
    def __init__(self, path: str, busy_seconds: float) -> None:
        self._path = path
        self._busy_seconds = busy_seconds

    def missing(self) -> Missing | None:
        return None

    async def write(self, folder: str) -> None:
        target = os.path.join(folder, DATABASE)
        with explained(folder):
            private(target).close()
        await in_thread(copying.copy, self._path, target, self._busy_seconds)


class PostgresqlDump:
    def __init__(self, program: PgDump) -> None:
        self._program = program

    def missing(self) -> Missing | None:
        if self._program.installed:
            return None
        return Missing("pg_dump is not installed.", "Install PostgreSQL's client programs, as new as the server is.")

    async def write(self, folder: str) -> None:
        target = os.path.join(folder, _DUMP)
        with explained(folder):
            private(target).close()
        await self._program.dump(target)


class ConfigurationFile:
    def __init__(self, path: str, redactor: Redactor) -> None:
        self._path = path
        self._redactor = redactor

    def missing(self) -> Missing | None:
        return None

    async def write(self, folder: str) -> None:
        """What stands in no file are defaults: then the file is empty."""
        with explained(folder):
            try:
                with open(self._path, encoding="utf-8") as file:
                    text = without_secrets(file.read())
            except FileNotFoundError:
                text = ""
            except ValueError as error:
                raise StorageFailed(f"{self._path} cannot be read: {error}.", "triforce config validate") from None
            with private(os.path.join(folder, "config.toml")) as kept:
                kept.write(self._redactor.clean(text).encode())


class EverybodysMemory:
    def __init__(self, store: MemoryStore, transfer: MemoryTransfer) -> None:
        self._store = store
        self._transfer = transfer

    def missing(self) -> Missing | None:
        return None

    async def write(self, folder: str) -> None:
        """A file for each account, as `triforce memory import` reads it."""
        for owner in await self._store.owners():
            await write_lines(folder, f"{quote(owner, safe='')}.jsonl", self._entries(owner))

    async def _entries(self, owner: str) -> AsyncIterator[Any]:
        after = None
        while True:
            page = await self._transfer.export(owner, _PAGE, after)
            for entry in page["items"]:
                yield entry
            after = page["next"]
            if after is None:
                return


class EverybodysSessions:
    def __init__(self, store: SessionStore) -> None:
        self._store = store

    def missing(self) -> Missing | None:
        return None

    async def write(self, folder: str) -> None:
        """A file for each account, as `triforce sessions import` reads it."""
        for owner in await self._store.owners():
            await write_lines(folder, f"{quote(owner, safe='')}.jsonl", self._sessions(owner))

    async def _sessions(self, owner: str) -> AsyncIterator[Any]:
        last: Session | None = None
        while page := await self._store.page(owner, limit=_PAGE, after=last):
            for session in page:
                yield {"type": "session", **session, "schema": "triforce.sessions.show/1"}
                for turn in await self._store.turns(session["id"]):
                    yield {"type": "turn", **turn}
            last = page[-1]


class WholeAudit:
    def __init__(self, store: AuditStore, names: Names) -> None:
        self._store = store
        self._names = names

    def missing(self) -> Missing | None:
        return None

    async def write(self, folder: str) -> None:
        """The rows, segments and names of every chain: enough to look whether it is whole."""
        await write_lines(folder, "rows.jsonl", self._rows())
        await write_lines(folder, "segments.jsonl", self._segments())
        await write_lines(folder, "names.jsonl", self._called())

    async def _rows(self) -> AsyncIterator[Any]:
        for chain in await self._store.chains():
            async for page in self._store.all(chain):
                for row in page:
                    yield row

    async def _segments(self) -> AsyncIterator[Any]:
        for chain in await self._store.chains():
            for kept in await self._store.segments(chain):
                yield {**kept.segment, "pruned": list(kept.pruned), "kept": kept.kept}

    async def _called(self) -> AsyncIterator[Any]:
        for chain in await self._store.chains():
            for row in (await self._names.of_chain(chain)).values():
                yield row


async def write_lines(folder: str, name: str, values: AsyncIterable[Any]) -> None:
    """A file with a value a line, as JSON. Raises StorageFailed."""
    with explained(folder), private(os.path.join(folder, name)) as file:
        lines: list[bytes] = []
        async for value in values:
            lines.append(orjson.dumps(value, option=_LINE))
            if len(lines) >= _PAGE:
                await in_thread(file.writelines, lines)
                lines = []
        file.writelines(lines)
