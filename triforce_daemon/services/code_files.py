"""Source files in workspaces: read by lines, made, edited, compared with what they were."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from triforce_daemon.errors import FileMissing, InvalidRequest, PathRefused
from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.services.code_edits import Edit, diff_of, syntax_ok
from triforce_daemon.services.code_symbols import Reference, references
from triforce_daemon.services.files import Files, Place, Written
from triforce_daemon.workspaces.relative import shown
from triforce_daemon.workspaces.room import Version

Template = Literal["empty", "module", "test", "script"]

#: As much as any file that is kept here has.
MOST = 1 << 30
_DEPTH, _FILES, _LARGE, _FOUND = 32, 20_000, 1 << 20, 1_000
#: What programs have put there, not people.
SKIPPED = (".git", "node_modules", "__pycache__", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache")

_INTERPRETERS = {"py": "python3", "sh": "bash", "js": "node", "rb": "ruby", "pl": "perl"}


@dataclass(frozen=True, slots=True)
class Lines:
    text: str
    lines: int
    """Of the whole file."""
    sha256: str
    truncated: bool


@dataclass(frozen=True, slots=True)
class Edited:
    diff: str
    sha256: str
    syntax_ok: bool | None
    written: Written | None
    """None where it was only tried."""


@dataclass(frozen=True, slots=True)
class Backup:
    id: str
    at: str
    sha256: str | None
    """Of what it holds; None: the file was not there."""


class CodeFiles:
    def __init__(self, files: Files) -> None:
        self._files = files

    async def lines(self, place: Place, start: int | None, end: int | None, max_bytes: int) -> Lines:
        """Lines `start` to `end`, from 1 on. Raises PathRefused, FileMissing, InvalidRequest where it is no text."""
        version = await self._there(place)
        lines = _text(place, version).splitlines(keepends=True)
        chosen = "".join(lines[(start or 1) - 1 : end]).encode()
        text = chosen[:max_bytes].decode(errors="ignore")
        return Lines(text, len(lines), version.sha256, len(chosen) > max_bytes)

    async def create(self, place: Place, content: str, template: Template) -> Written:
        """Make a file; one that is there is refused. Raises PathRefused, FileChanged."""
        name = place.path.rpartition("/")[2]
        stem, _, kind = name.rpartition(".")
        head = ""
        if template == "script":
            head = f"#!/usr/bin/env {_INTERPRETERS.get(kind, 'sh')}\n"
        elif template != "empty" and kind == "py":
            head = f'"""{"Tests of " if template == "test" else ""}{stem.removeprefix("test_")}."""\n\n'
        text = content if not head or content.startswith(head.strip()) else head + content
        mode = 0o755 if template == "script" else 0o644
        return await self._files.change(place, None, text.encode(), mode)

    async def edit(self, place: Place, edit: Edit, expected: str | None, *, dry_run: bool) -> Edited:
        """Make one edit, or only show it. Raises PathRefused, FileMissing, FileChanged, InvalidRequest."""
        version = await self._there(place)
        before = _text(place, version)
        after = edit.applied(before)
        changed = Version(after.encode(), version.mode)
        written = (
            None if dry_run else await self._files.write(place, changed.data, "overwrite", expected or version.sha256)
        )
        diff = await in_thread(diff_of, before, after, place.path.lstrip("/"))
        return Edited(diff, changed.sha256, await in_thread(syntax_ok, place.path, after), written)

    async def backups(self, place: Place) -> list[Backup]:
        """What is kept of a file, the newest first. Raises PathRefused."""
        rows = await self._files.changes(place)
        return [Backup(row["id"], rfc3339(row["created"]), row["before"]) for row in rows]

    async def check(self, place: Place, backup: str) -> None:
        """Raises FileMissing where `backup` is none of this file's, PathRefused."""
        if all(one.id != backup for one in await self.backups(place)):
            raise FileMissing(f"Nothing of {shown(place.path)} is kept under {backup}.", "`list` shows what is.")

    async def difference(self, place: Place, backup: str) -> str:
        """From what was kept to what is there now. Raises PathRefused, FileMissing, InvalidRequest."""
        _, data = await self._files.kept(place.caller, backup)
        now = await self._files.version(place)
        old = _text(place, Version(data or b"", 0))
        return await in_thread(diff_of, old, _text(place, now) if now else "", place.path.lstrip("/"))

    async def references(self, place: Place, name: str) -> tuple[list[tuple[str, Reference]], bool]:
        """Where a name stands in a file, or in all below a folder, with the paths; and whether there is more.

        What is large or no text is left out. Raises PathRefused, FileMissing.
        """
        if await self._files.kind(place) == "file":
            paths = [place.path]
        else:
            entries = await self._files.entries(place, _DEPTH, _FILES, SKIPPED)
            inside = [entry for entry in entries if entry.kind == "file" and entry.size <= _LARGE]
            root = self._files.root(place).folder
            paths = [f"{root}/{'/'.join(entry.parts)}" for entry in inside]
        found: list[tuple[str, Reference]] = []
        for path in paths:
            with suppress(FileMissing, PathRefused, UnicodeDecodeError):
                piece = await self._files.read(place.of(path), 0, _LARGE)
                uses = await in_thread(references, path, piece.data.decode(), name)
                found += [(path, one) for one in uses]
            if len(found) > _FOUND:
                break
        return found[:_FOUND], len(found) > _FOUND

    async def _there(self, place: Place) -> Version:
        version = await self._files.version(place)
        if version is None:
            raise FileMissing(f"There is no {shown(place.path)}.", "List the folder to see what there is.")
        return version


def _text(place: Place, version: Version) -> str:
    try:
        return version.data.decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest(
            f"{shown(place.path)} is no UTF-8 text: byte {error.start} is wrong.", "file_read reads it as base64."
        ) from None
