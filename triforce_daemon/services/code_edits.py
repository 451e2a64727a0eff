"""A text with one edit made in it, and whether what came of it can be read by those who read it."""

import ast
import difflib
import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from triforce_daemon.errors import FileChanged, InvalidRequest

#: Where more lines than these are compared with as many others it takes too long; of a larger text nobody looks whether
#: it can be read, for that holds up everybody.
_COMPARED, _PARSED = 2_000, 1 << 20
_AROUND = 3

EditMode = Literal["replace", "insert", "append", "delete"]


@dataclass(frozen=True, slots=True)
class Edit:
    """`replace` and `delete` mean a text that stands there once, or lines; `insert` goes before a line."""

    mode: EditMode
    old_text: str | None = None
    new_text: str | None = None
    line: int | None = None
    end_line: int | None = None

    def applied(self, text: str) -> str:
        """The text afterwards. Raises InvalidRequest for an edit that lacks something, FileChanged where it misses."""
        if self.mode == "append":
            gap = "\n" if text and not text.endswith("\n") else ""
            return text + gap + self._ended(self._new())
        if self.mode == "insert":
            return self._inserted(text)
        new = self._new() if self.mode == "replace" else ""
        if self.old_text:
            return self._swapped(text, self.old_text, new)
        return self._relined(text, new)

    def _new(self) -> str:
        if self.new_text is None:
            raise InvalidRequest(f"To {self.mode} needs new_text.", "Say what shall stand there.")
        return self.new_text

    def _inserted(self, text: str) -> str:
        if self.line is None:
            raise InvalidRequest("To insert needs line.", "The line before which it goes, counted from 1.")
        lines = text.splitlines(keepends=True)
        if self.line > len(lines) + 1:
            raise FileChanged(f"There is no line {self.line}.", f"The file has {len(lines)}.")
        if self.line == len(lines) + 1 and lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        lines.insert(self.line - 1, self._ended(self._new()))
        return "".join(lines)

    def _swapped(self, text: str, old: str, new: str) -> str:
        times = text.count(old)
        if times != 1:
            said = "is not in the file" if not times else f"stands {times} times in the file"
            raise FileChanged(f"old_text {said}.", "Give a piece that stands there once, with what is around it.")
        return text.replace(old, new)

    def _relined(self, text: str, new: str) -> str:
        if self.line is None:
            raise InvalidRequest(f"To {self.mode} needs old_text, or line.", "Say what is meant.")
        last = self.line if self.end_line is None else self.end_line
        lines = text.splitlines(keepends=True)
        if not self.line <= last <= len(lines):
            raise FileChanged(f"There are no lines {self.line} to {last}.", f"The file has {len(lines)}.")
        return "".join([*lines[: self.line - 1], self._ended(new) if new else "", *lines[last:]])

    @staticmethod
    def _ended(text: str) -> str:
        return text if not text or text.endswith("\n") else f"{text}\n"


def diff_of(before: str, after: str, path: str) -> str:
    """What has changed, as a unified diff; where that is very much, all of it as one piece."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    first = _alike(old, new)
    last = _alike(old[first:][::-1], new[first:][::-1])
    if min(len(old), len(new)) - first - last > _COMPARED:
        lines = _as_one_piece(old, new, first, last, path)
    else:
        lines = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", n=_AROUND)
    # A last line without an end would otherwise run into the next one.
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines at the beginning are the same."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _as_one_piece(old: Sequence[str], new: Sequence[str], first: int, last: int, path: str) -> Iterator[str]:
    start, after = max(0, first - _AROUND), max(0, last - _AROUND)
    gone, come = old[first : len(old) - last], new[first : len(new) - last]
    counts = (len(one) - after - start for one in (old, new))
    yield from (f"--- a/{path}\n", f"+++ b/{path}\n")
    yield "@@ -{0},{1} +{0},{2} @@\n".format(start + 1, *counts)
    yield from (f" {line}" for line in old[start:first])
    yield from (f"-{line}" for line in gone)
    yield from (f"+{line}" for line in come)
    yield from (f" {line}" for line in old[len(old) - last : len(old) - after])


def syntax_ok(path: str, text: str) -> bool | None:
    """Whether a file of that name can be read as what it is; None where nobody here knows."""
    if len(text) > _PARSED:
        return None
    try:
        match path.rpartition(".")[2]:
            case "py" | "pyi":
                ast.parse(text)
            case "json":
                json.loads(text)
            case "toml":
                tomllib.loads(text)
            case _:
                return None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
