"""What the elements of a Word document say: paragraphs, headings, lists, tables, and where pages ended."""

import re
from collections.abc import Iterator

from triforce_daemon.children.documents.form import MOST_PAGES, Refused

#: By the two names that the language has had (ECMA-376, transitional and strict).
_WORD = re.compile(
    r"http://(?:schemas\.openxmlformats\.org/wordprocessingml/2006|purl\.oclc\.org/ooxml/wordprocessingml)/main (\w+)"
)
_TITLE = "http://purl.org/dc/elements/1.1/ title"
#: The same again, for programs that do not know the first way of saying it.
_AGAIN = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
#: Word's own ids of styles, in English and German.
_HEADING = re.compile(r"(?:Heading|berschrift|Überschrift)([1-6])")
_DEEPEST = 1_000
_LONGEST_TITLE = 1_000


class Enough(Exception):
    """There is more text than is wanted."""


class Title:
    def __init__(self) -> None:
        self.found = ""
        self._open = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._open = name == _TITLE

    def end(self, name: str) -> None:
        self._open = False

    def text(self, text: str) -> None:
        if self._open:
            self.found += text[: _LONGEST_TITLE - len(self.found)]


class Body:
    """Text goes to the innermost that is open: a paragraph in a cell in a row, or the page."""

    def __init__(self, most: int) -> None:
        self.cut = False
        self._most = most
        self._size = 0
        self._pages: list[list[str]] = [[]]
        #: What is open of paragraphs, cells and rows, with what they hold so far.
        self._open: list[tuple[str, list[str]]] = []
        self._again = 0
        self._in_text = False
        self._depth = 0

    def pages(self) -> Iterator[str]:
        return ("\n\n".join(page) for page in self._pages)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Refused("Its elements lie deeper in each other than in any document.")
        if name == _AGAIN or self._again:
            self._again += 1
            return
        match word := _short(name):
            case "p" | "tc" | "tr":
                self._open.append((word, []))
            case "t":
                self._in_text = True
            case "tab":
                self._add("\t")
            case "cr":
                self._add("\n")
            case "br":
                self._break() if _value(attributes, "type") == "page" else self._add("\n")
            case "lastRenderedPageBreak":
                self._break()
            case "pStyle" if found := _HEADING.fullmatch(_value(attributes, "val")):
                self._add("#" * int(found[1]) + " ")
            case "numPr":
                self._add("- ")
            case _:
                pass

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._again:
            self._again -= 1
            return
        word = _short(name)
        if word == "t":
            self._in_text = False
        elif word in ("p", "tc", "tr") and self._open and self._open[-1][0] == word:
            text = ("\t" if word == "tr" else "\n" if word == "tc" else "").join(self._open.pop()[1])
            if word == "tc":
                # A row is a line.
                self._put(" ".join(text.split()))
            elif text.strip():
                self._put(text)

    def text(self, text: str) -> None:
        if self._in_text and not self._again:
            self._add(text)

    def _add(self, text: str) -> None:
        """To the paragraph that is open; outside of one there is no text."""
        if self._open:
            self._open[-1][1].append(text)
            self._size += len(text)
            if self._size > self._most:
                self.cut = True
                self._end_all()
                raise Enough

    def _put(self, text: str) -> None:
        (self._open[-1][1] if self._open else self._pages[-1]).append(text)

    def _break(self) -> None:
        """A page ended here; said twice of the same place it is one end, and within a table none."""
        if len(self._open) > 1:
            return
        if self._open:
            begun = "".join(self._open[-1][1])
            if begun.strip("#- \t"):
                self._pages[-1].append(begun)
                self._open[-1][1].clear()
        if self._pages[-1] and len(self._pages) < MOST_PAGES:
            self._pages.append([])

    def _end_all(self) -> None:
        while self._open:
            text = "".join(self._open.pop()[1])
            if text:
                self._put(text)


def _short(name: str) -> str:
    """`p` of a paragraph of Word's; nothing for the elements of other languages."""
    found = _WORD.fullmatch(name)
    return found[1] if found else ""


def _value(attributes: dict[str, str], wanted: str) -> str:
    return next((value for name, value in attributes.items() if name.rpartition(" ")[2] == wanted), "")
