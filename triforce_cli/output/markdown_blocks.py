"""Cuts Markdown into blocks while it is still being written: paragraphs, list items, code, tables."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

_LISTS = ("bullet_list_open", "ordered_list_open")


def make_parser() -> MarkdownIt:
    """CommonMark with tables, in which every character of an answer can be seen by the reader.

    HTML is text, since a terminal would drop it; so are link definitions, which may stand in another block than
    their link; and an image is a link.
    """
    shown_as_text = ["html_block", "html_inline", "reference", "image"]
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable(shown_as_text)


class BlockSplitter:
    """Takes Markdown in pieces, and gives each block back as soon as nothing that follows can change it.

    A block keeps the blank lines that follow it: all blocks together are the source. Each item of a list is a block
    of its own, unless the list is inside another block.
    """

    def __init__(self) -> None:
        # Where blocks begin and end does not depend on what is inside their lines.
        self._parser = make_parser().disable("inline")
        self.tail = ""
        """What is not finished."""

    def feed(self, text: str) -> list[str]:
        """Add text; returns the blocks that are finished with it, in order."""
        self.tail += text
        if "\n" not in text:
            return []
        # How a line is understood is not known before its end.
        whole, newline, beginning = self.tail.rpartition("\n")
        *finished, last = self.cut(whole + newline)
        self.tail = last + beginning
        return finished

    def rest(self) -> list[str]:
        """The blocks that the tail would be if nothing followed any more."""
        return self.cut(self.tail) if self.tail else []

    def cut(self, source: str) -> list[str]:
        lines = source.split("\n")
        # Only "\n" ends a line here; for the parser "\r" would as well.
        tokens = self._parser.parse(source.replace("\r", " "))
        starts = [0, *(line for line in _starts(tokens) if line > 0), len(lines)]
        blocks = ["\n".join(lines[start:end]) for start, end in pairwise(starts)]
        return [*(f"{block}\n" for block in blocks[:-1]), blocks[-1]]


def _starts(tokens: Iterable[Token]) -> Iterator[int]:
    """The lines on which a block begins."""
    inside = ""
    for token in tokens:
        if token.level == 0:
            inside = token.type
        if token.map is None or token.nesting < 0:
            continue
        if (token.level == 0 and token.type not in _LISTS) or (token.level == 1 and inside in _LISTS):
            yield token.map[0]


def code_blocks(source: str) -> list[str]:
    """What stands in the fenced blocks of a text, wherever these are, without the fences."""
    return [token.content.removesuffix("\n") for token in make_parser().parse(source) if token.type == "fence"]
