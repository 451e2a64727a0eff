"""An answer in Markdown as it comes: what is finished is printed once, and the last block is live."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

from triforce_cli.output.live_rows import LiveRows, Row
from triforce_cli.output.markdown_blocks import BlockSplitter
from triforce_cli.output.markdown_rows import MarkdownRows
from triforce_cli.output.sanitise import Sanitiser

#: The beginning of a line that may still become anything: shown too early, `-` makes a heading of the line above it.
_UNDECIDED = re.compile(r"[ \t]*[-=*_+#>`~|:]*[ \t]*")
_NUMBER = re.compile(r"[ \t]*\d{1,9}[.)]?[ \t]*")
_NARROWEST = 8
_BLANK_LINE_BEHIND = re.compile(r"\n[ \t]*\n\s*\Z")


class MarkdownAnswer:
    """Shows an answer on a terminal. Text may be added as often as the reader can see a difference."""

    def __init__(
        self,
        write: Callable[[str], object],
        size: Callable[[], os.terminal_size],
        stream: TextIO,
        environ: Mapping[str, str],
        no_color: bool,
    ) -> None:
        """`write` takes what the terminal is to show; of `stream` and `environ`, rich learns the terminal's colours."""
        self._write = write
        self._size = size
        self._rendering = MarkdownRows(stream, environ, no_color)
        self._live = LiveRows(write, self._rendering.paint)
        self._sanitiser = Sanitiser()
        self._splitter = BlockSplitter()
        self._rendered: dict[tuple[str, int, bool], list[Row]] = {}
        self._before = ""

    def show(self, text: str) -> None:
        """Add text."""
        finished = self._splitter.feed(self._sanitiser.feed(text))
        tail = self._splitter.tail
        self._paint(finished, self._splitter.cut(tail[: _decided(tail, bool(self._before or finished))]))

    def finish(self) -> None:
        """Show what is left, as it will stay, and leave the row."""
        self._paint(self._splitter.cut(self._splitter.tail), [])
        if self._before:
            self._write("\n")

    def _paint(self, finished: Sequence[str], growing: Sequence[str]) -> None:
        size = self._size()
        width = max(_NARROWEST, size.columns - 1)
        before = self._before
        known, self._rendered = self._rendered, {}
        rows: list[Row] = []
        settled = 0
        for index, block in enumerate((*finished, *growing)):
            # A table whose beginning scrolled off as source cannot be rendered any more.
            live = index == len(finished) + len(growing) - 1 >= len(finished) or len(rows) < self._live.scrolled
            key = (block, width, live)
            new = self._rendered[key] = known.get(key) or self._rendering.rows(block, width, live=live)
            if new:
                rows += [[], *new] if _BLANK_LINE_BEHIND.search(before) else new
                before = block
            if index < len(finished):
                self._before, settled = before, len(rows)
        self._live.show(rows, size)
        self._live.settle(settled)


def _decided(tail: str, begun: bool) -> int:
    """How much of an unfinished block can be shown before the end of its last line is known."""
    start = tail.rfind("\n") + 1
    line = tail[start:]
    undecided = _UNDECIDED.fullmatch(line) or ((begun or start) and _NUMBER.fullmatch(line))
    return start if undecided else len(tail)
