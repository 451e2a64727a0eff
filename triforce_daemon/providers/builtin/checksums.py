"""SHA-256 of model files, computed once for each (path, size, time of change) and noted beside the models."""

import hashlib
import json
import os
from contextlib import suppress
from typing import cast

from triforce_daemon.runtime.threads import in_thread

Note = list[int | str]


class Checksums:
    """The notes only save time: where they cannot be read or kept, sums are computed again."""

    def __init__(self, folder: str) -> None:
        self._file = os.path.join(folder, "checked.json")
        self._notes: dict[str, Note] | None = None

    async def of(self, path: str) -> str:
        """The file's SHA-256, in hex. Raises OSError."""
        known = self.noted(path)
        if known is not None:
            return known
        before = signature(path)
        sha256 = await in_thread(sha256_of, path)
        self.note(path, before, sha256)
        return sha256

    def noted(self, path: str) -> str | None:
        """The sum where it is known for the file as it is now."""
        note = self._read().get(path)
        return str(note[2]) if note is not None and note[:2] == signature(path) else None

    def note(self, path: str, state: list[int], sha256: str) -> None:
        notes = self._read()
        notes[path] = [*state, sha256]
        draft = f"{self._file}.{os.getpid()}"
        with suppress(OSError):
            with open(draft, "w", encoding="utf-8") as file:
                json.dump(notes, file, indent=1)
            os.replace(draft, self._file)

    def _read(self) -> dict[str, Note]:
        if self._notes is None:
            self._notes = {}
            with suppress(OSError, ValueError), open(self._file, encoding="utf-8") as file:
                self._notes = _valid(json.load(file))
        return self._notes


def signature(path: str) -> list[int]:
    """Size and time of change: what differs when a file was written to. Raises OSError."""
    state = os.stat(path)
    return [state.st_size, state.st_mtime_ns]


def sha256_of(path: str) -> str:
    """Raises OSError. Slow: for a thread."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _valid(value: object) -> dict[str, Note]:
    notes = cast(dict[str, Note], value) if isinstance(value, dict) else {}
    return {path: note for path, note in notes.items() if isinstance(note, list) and len(note) == 3}  # pyright: ignore[reportUnnecessaryIsInstance]
