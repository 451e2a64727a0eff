"""A unified diff, read as what it changes: files, and in each of them hunks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from triforce_daemon.errors import InvalidArguments

#: What a line of a hunk is: it stays, it goes, it comes.
Kind = Literal[" ", "-", "+"]

_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_NO_END = "\\"
#: Above the signature of a mail.
_SIGNED = "-- "
#: What git says before a file's hunks, and that nobody does here.
_NOT_DONE = {
    "old mode ": "Permissions are not changed here.",
    "copy from ": "Files are not copied here.",
    "GIT binary patch": "It is no text.",
    "Binary files ": "It is no text.",
}
#: Of links and submodules, the first numbers of their modes.
_NO_FILES = ("120", "160")
_NOWHERE = "/dev/null"
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_ESCAPED = re.compile(r"\\([0-3][0-7]{2}|.)")
#: The type of a file, and its permissions.
_MODE = re.compile(r"([0-7]{3})([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Hunk:
    at: int
    """The line of the old file at which it begins, from 1 on; where it takes none away, the line before it."""
    lines: Sequence[tuple[Kind, str]]
    """Each with its end, but for a last one that has none."""

    @property
    def old(self) -> list[str]:
        return [text for kind, text in self.lines if kind != "+"]

    @property
    def new(self) -> list[str]:
        return [text for kind, text in self.lines if kind != "-"]


@dataclass(slots=True)
class FilePatch:
    """None for a path: the file is not there before, or not any more afterwards."""

    old: str | None
    new: str | None
    hunks: list[Hunk] = field(default_factory=list[Hunk])
    bare: bool = False
    """Whether the paths have no `a/` and `b/` before them: git tells those of a renamed file so."""
    mode: int | None = None
    """Permissions of a new file."""
    refused: str | None = None
    """Why nobody can do this here."""

    @property
    def path(self) -> str:
        return self.new if self.new is not None else self.old or ""


def read(diff: str) -> list[FilePatch]:
    """The files that a diff changes, in its order; paths as they stand in it. Raises InvalidArguments."""
    return _Reader(diff.split("\n")).files()


class _Reader:
    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._at = 0
        self._files: list[FilePatch] = []

    def files(self) -> list[FilePatch]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.startswith("diff --git "):
                self._git()
            elif self._begins_file(self._at):
                self._plain(FilePatch(None, None))
            elif line.startswith("@@"):
                raise self._wrong("a hunk without a file: `--- PATH` and `+++ PATH` come before it")
            else:
                self._at += 1
        if not self._files:
            raise InvalidArguments("That is no unified diff: it changes no file.", "It begins with `--- a/PATH`.")
        return self._files

    def _git(self) -> None:
        """What git says of one file, until its hunks or the next file."""
        patch, named = FilePatch(None, None), _named(self._lines[self._at])
        self._at += 1
        while self._at < len(self._lines) and not self._lines[self._at].startswith("diff --git "):
            if self._begins_file(self._at):
                self._plain(patch)
                return
            _told(patch, named, self._lines[self._at])
            self._at += 1
        if patch.old is not None or patch.new is not None:
            self._files.append(patch)

    def _plain(self, patch: FilePatch) -> None:
        """`--- `, `+++ ` and the hunks."""
        patch.old, patch.new = (_path(self._lines[self._at + more][4:]) for more in (0, 1))
        patch.bare = False
        if patch.old is None and patch.new is None:
            raise self._wrong("a file that is neither there before nor afterwards")
        self._at += 2
        while self._at < len(self._lines) and self._lines[self._at].startswith("@@"):
            patch.hunks.append(self._hunk())
        if not patch.hunks:
            raise self._wrong("a file without a hunk")
        self._files.append(patch)

    def _hunk(self) -> Hunk:
        head = _HUNK.match(self._lines[self._at])
        if head is None:
            raise self._wrong("a hunk's head is `@@ -LINE,COUNT +LINE,COUNT @@`")
        self._at += 1
        counts = [int(count) if count is not None else 1 for count in (head[2], head[4])]
        found = self._counted(*counts) or self._until_the_next()
        if not any(kind != " " for kind, _ in found[0]):
            raise self._wrong("a hunk that changes nothing")
        lines, self._at = found
        return Hunk(int(head[1]), lines)

    def _counted(self, old: int, new: int) -> tuple[list[tuple[Kind, str]], int] | None:
        """So many lines as the head says, and where they end; None where it does not say what stands there."""
        lines: list[tuple[Kind, str]] = []
        at = self._at
        while (old > 0 or new > 0) and at < len(self._lines):
            kind = _kind(self._lines[at])
            if kind is None:
                return None
            old, new = old - (kind != "+"), new - (kind != "-")
            lines.append((kind, self._lines[at][1:] + "\n"))
            at = self._past_end(lines, at + 1)
        over = at < len(self._lines) and self._goes_on(at)
        return None if old or new or over else (lines, at)

    def _until_the_next(self) -> tuple[list[tuple[Kind, str]], int]:
        """All lines until something else begins: who has counted them wrongly still wrote them down."""
        lines: list[tuple[Kind, str]] = []
        at = self._at
        while at < len(self._lines) and self._lines[at] != _SIGNED and not self._begins_file(at):
            kind = _kind(self._lines[at])
            if kind is None:
                break
            lines.append((kind, self._lines[at][1:] + "\n"))
            at = self._past_end(lines, at + 1)
        # Empty lines behind it belong to the text around the diff.
        while lines and lines[-1] == (" ", "\n") and self._lines[at - 1] == "":
            lines.pop()
            at -= 1
        return lines, at

    def _past_end(self, lines: list[tuple[Kind, str]], at: int) -> int:
        if at < len(self._lines) and self._lines[at].startswith(_NO_END):
            kind, text = lines[-1]
            lines[-1] = (kind, text[:-1])
            return at + 1
        return at

    def _goes_on(self, at: int) -> bool:
        line = self._lines[at]
        return line[:1] in ("+", "-", " ") and line != _SIGNED and not self._begins_file(at)

    def _begins_file(self, at: int) -> bool:
        return (
            self._lines[at].startswith("--- ") and at + 1 < len(self._lines) and self._lines[at + 1].startswith("+++ ")
        )

    def _wrong(self, what: str) -> InvalidArguments:
        return InvalidArguments(f"Line {self._at + 1} of the diff: {what}.", "`diff -u` and `git diff` write such.")


def _told(patch: FilePatch, named: str, line: str) -> None:
    """One of the lines between `diff --git` and the hunks."""
    word, _, value = line.partition(" mode ")
    if word in ("new file", "deleted file") and (mode := _MODE.fullmatch(value.rstrip("\r"))):
        patch.mode = int(mode[2], 8)
        patch.old, patch.new = (None, named) if word == "new file" else (named, None)
        if mode[1] in _NO_FILES:
            patch.refused = "Links and submodules are not made here."
    elif line.startswith("rename from "):
        patch.old, patch.bare = _unquoted(line.removeprefix("rename from ")), True
    elif line.startswith("rename to "):
        patch.new, patch.bare = _unquoted(line.removeprefix("rename to ")), True
    for beginning, why in _NOT_DONE.items():
        if line.startswith(beginning):
            patch.refused = why
            patch.old = patch.new = patch.path or named


def _named(head: str) -> str:
    """The file that `diff --git a/PATH b/PATH` names, where it has one name; with what stands before it."""
    both = head.removeprefix("diff --git ")
    if both.endswith('"'):
        return _unquoted('"' + both.rpartition(' "')[2])
    return both[len(both) // 2 + 1 :]


def _kind(line: str) -> Kind | None:
    # Editors take away the space of an empty line.
    if line == "" or line[0] == " ":
        return " "
    return "-" if line[0] == "-" else "+" if line[0] == "+" else None


def _path(text: str) -> str | None:
    name = _unquoted(text) if text.startswith('"') else text.partition("\t")[0].rstrip("\r")
    return None if name == _NOWHERE else name


def _unquoted(text: str) -> str:
    """A path as git writes it: in quotes where it holds what would not show."""
    if not text.startswith('"'):
        return text.rstrip("\r")
    inner = text[1:].rpartition('"')[0]
    # Octal numbers are bytes of UTF-8.
    plain = _ESCAPED.sub(lambda found: _character(found[1]), inner)
    return plain.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _character(escape: str) -> str:
    if escape.isdecimal() and len(escape) == 3:
        number = int(escape, 8)
        return chr(number) if number < 0x80 else chr(0xDC00 + (number & 0xFF))
    return _ESCAPES.get(escape, escape)
