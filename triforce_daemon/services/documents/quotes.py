"""Quotes are what stands in the document to the letter, and on which page; whatever else a model calls one is none."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from typing_extensions import TypedDict

from triforce_daemon.children.documents.form import Page

#: Shorter ones stand everywhere.
_SHORTEST, _LONGEST = 12, 600
_SPACE = re.compile(r"\s+")
_MARKS = "\"'\u201c\u201d\u201e\u00ab\u00bb\u2018\u2019 \n\t"


class Quote(TypedDict):
    text: str
    """As it stands there, but for how its lines are broken."""
    page: int


@dataclass(frozen=True, slots=True)
class Text:
    """A document's pages in one line, with where each begins."""

    whole: str
    begins: list[int] = field(default_factory=list[int])
    numbers: list[int] = field(default_factory=list[int])

    @classmethod
    def of(cls, pages: Sequence[Page]) -> "Text":
        parts, begins, place = list[str](), list[int](), 0
        for page in pages:
            begins.append(place)
            parts.append(_SPACE.sub(" ", page["text"]).strip() + " ")
            place += len(parts[-1])
        return cls("".join(parts), begins, [page["number"] for page in pages])

    def quotes(self, claimed: Iterable[str], most: int) -> list[Quote]:
        """The first of the claimed that are such, each once, in the order of the document."""
        found: dict[int, Quote] = {}
        for text in claimed:
            words = _SPACE.sub(" ", text).strip(_MARKS)
            place = self.whole.find(words) if _SHORTEST <= len(words) <= _LONGEST else -1
            if place >= 0 and len(found) < most:
                page = self.numbers[bisect_right(self.begins, place) - 1]
                found.setdefault(place, Quote(text=words, page=page))
        return [found[place] for place in sorted(found)]
