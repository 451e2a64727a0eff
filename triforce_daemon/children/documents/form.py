"""What the program that reads documents is asked, and what it answers; and how its parts hand pages on."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from typing_extensions import TypedDict

Kind = Literal["pdf", "docx", "html", "markdown", "text"]

#: Of a document whatever it is.
MOST_PAGES = 10_000
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Question(TypedDict):
    name: str
    media_type: str | None
    wanted: list[tuple[int, int]] | None
    """Pages from and to, counted from 1; null: all."""
    most: int
    """Characters."""


class Page(TypedDict):
    number: int
    text: str


class Answer(TypedDict):
    kind: Kind | None
    title: str | None
    pages: list[Page]
    total: int
    """Pages of the whole document."""
    truncated: bool
    refused: str | None
    """Why there is no text, in words."""
    hint: str | None


class Refused(Exception):
    """The document is not read; says why, and what to do about it."""

    def __init__(self, why: str, hint: str | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Parsed:
    """`pages` come one after the other; `total` is how many there are, None: as many as come. `cut`: not all come."""

    title: str | None
    pages: Iterable[tuple[int, str]]
    total: int | None = None
    cut: bool = False


def is_wanted(number: int, wanted: list[tuple[int, int]] | None) -> bool:
    return wanted is None or any(first <= number <= last for first, last in wanted)


def clean(text: str) -> str:
    """Without what is no text: control characters, halves of characters, empty lines in a row, blanks at line ends."""
    text = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    lines = [line.rstrip() for line in _CONTROLS.sub("", text).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
