"""Rows at the end of the terminal that can still change: what changes is written, and nothing else."""

import itertools
import os
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

Row = list[Segment]


class LiveRows:
    """The rows between what is final and the cursor, which stands behind the last of them.

    No row may be as wide as the terminal. A row that scrolled off the screen cannot change any more: what is said
    about it later is ignored.
    """

    def __init__(self, write: Callable[[str], object], paint: Callable[[Segment], str]) -> None:
        """`write` takes text for the terminal, `paint` makes text of a segment."""
        self._write = write
        self._paint = paint
        self._columns = 0
        # The row on which the cursor stands at the beginning is there already.
        self._rows: list[Row] = [[]]
        self._scrolled = 0
        self._asked = 0
        # Where the width changed in the middle of a row: which one it is now, and how much of it stands above.
        self._above = 0, 0

    @property
    def scrolled(self) -> int:
        """How many of the rows cannot change any more."""
        return self._scrolled

    def show(self, rows: Sequence[Row], size: os.terminal_size) -> None:
        """Make the terminal, which is so large now, show `rows` instead of the rows that it shows."""
        self._asked = len(rows)
        self._let_go(size.lines)
        if len(rows) <= self._scrolled:
            # Less than what scrolled off: all that can be done is to leave it there.
            rows = self._rows if self._scrolled else [[] for _ in self._rows[:1]]
        script = _Script(len(self._rows) - 1, _width(self._rows[-1]) if self._rows else None, self._paint)
        if self._columns not in (0, size.columns) and self._rows:
            self._begin_again(script, rows)
        self._columns = size.columns
        rows = self._without_what_is_above(rows)
        self._change(script, rows)
        self._rows = [*self._rows[: self._scrolled], *rows[self._scrolled :]]
        self._let_go(size.lines)
        if script.text:
            self._write(script.text)

    def settle(self, count: int) -> None:
        """Take the first `count` rows of those that were asked for last as final."""
        if count and count >= self._asked:
            count = len(self._rows)
        self._rows = self._rows[count:]
        self._scrolled = max(0, self._scrolled - count)
        at, ink = self._above
        self._above = (at - count, ink) if at >= count else (0, 0)

    def _let_go(self, lines: int) -> None:
        self._scrolled = max(self._scrolled, len(self._rows) - lines)

    def _change(self, script: "_Script", rows: Sequence[Row]) -> None:
        both = min(len(rows), len(self._rows))
        for index in range(self._scrolled, both):
            if rows[index] != self._rows[index]:
                script.change(index, self._rows[index], rows[index])
        last = max(both, self._scrolled) - 1
        if last < len(self._rows) - 1:
            script.erase_below(last + 1)
        if last >= 0:
            script.go(last, _width((self._rows if last < self._scrolled else rows)[last]))
        for row in rows[last + 1 :]:
            script.add(row)

    def _begin_again(self, script: "_Script", rows: Sequence[Row]) -> None:
        """Leave what is shown, and go on below it: the terminal became wider or narrower, and rows end elsewhere now.

        Some terminals wrap the rows anew and some cut them off, so that nobody knows where they are.
        """
        shown = sum(map(_ink, self._rows)) + self._above[1]
        totals = [*itertools.accumulate(map(_ink, rows), initial=0)]
        at = next((index for index, total in enumerate(totals[1:]) if total > shown), len(rows) - 1)
        while at > 0 and totals[at] == shown and not rows[at - 1]:
            at -= 1
        script.begin(at, below=bool(self._rows[-1]))
        self._scrolled = at
        self._rows = [*rows[:at], []]
        self._above = at, shown - totals[at]

    def _without_what_is_above(self, rows: Sequence[Row]) -> Sequence[Row]:
        at, ink = self._above
        if not ink or at >= len(rows):
            return rows
        return [*rows[:at], _behind(rows[at], ink), *rows[at + 1 :]]


class _Script:
    """What to send to the terminal, and where its cursor is then; the column is None where it is not known."""

    def __init__(self, row: int, column: int | None, paint: Callable[[Segment], str]) -> None:
        self.text = ""
        self.row = row
        self._column = column
        self._paint = paint

    def go(self, row: int, column: int) -> None:
        if row != self.row:
            self.text += f"\x1b[{self.row - row}A" if row < self.row else f"\x1b[{row - self.row}B"
        if column != self._column:
            self.text += f"\x1b[{column + 1}G"
        self.row, self._column = row, column

    def begin(self, row: int, *, below: bool) -> None:
        """Take the row of the cursor, or the one below it, as `row` from now on."""
        self.text += "\n" if below else ""
        self.row, self._column = row, 0

    def change(self, index: int, before: Row, after: Row) -> None:
        """Write what is different from the first difference on."""
        kept, rest = _split(after, _same(list(_characters(before)), list(_characters(after))))
        column = _width(kept)
        self.go(index, column)
        if _width(before) > column:
            self.text += "\x1b[K"
        self._put(rest, column)

    def add(self, row: Row) -> None:
        """Begin a row below the last one."""
        self.text += "\n"
        self.row += 1
        self._put(row, 0)

    def erase_below(self, row: int) -> None:
        """Erase `row` and those below it."""
        self.go(row, 0)
        self.text += "\x1b[J"

    def _put(self, row: Row, column: int) -> None:
        self.text += "".join(map(self._paint, row))
        self._column = column + _width(row)


def _width(row: Row) -> int:
    return cell_len(_text(row))


def _ink(row: Row) -> int:
    """How many characters of a row are seen, of those whose number does not depend on where rows end."""
    return sum(map(_is_ink, _text(row)))


def _is_ink(character: str) -> bool:
    return not character.isspace() and character not in "─▌"


def _behind(row: Row, ink: int) -> Row:
    """What stands behind so much ink."""
    text = _text(row)
    totals = itertools.accumulate(map(_is_ink, text))
    end = next((index + 1 for index, total in enumerate(totals) if total >= ink), len(text))
    return _split(row, len(text) - len(text[end:].lstrip()))[1]


def _text(row: Row) -> str:
    return "".join(segment.text for segment in row)


def _characters(row: Row) -> Iterator[tuple[str, Style | None]]:
    return ((character, segment.style) for segment in row for character in segment.text)


def _same(before: list[tuple[str, Style | None]], after: list[tuple[str, Style | None]]) -> int:
    """How many characters at the beginning of two rows are the same, and stand apart from those that follow."""
    pairs = enumerate(zip(before, after, strict=False))
    at = next((index for index, (old, new) in pairs if old != new), min(len(before), len(after)))
    while at > 0 and any(_joins(character) for character, _ in (*after[at - 1 : at + 1], *before[at : at + 1])):
        at -= 1
    return at


def _joins(character: str) -> bool:
    """Whether a character may share its place on the screen with its neighbours."""
    if character.isascii():
        return False
    flag_half = "\U0001f1e6" <= character <= "\U0001f1ff"
    vowel_or_end_of_syllable = "\u1160" <= character <= "\u11ff"
    return flag_half or vowel_or_end_of_syllable or unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf", "Sk")


def _split(row: Row, count: int) -> tuple[Row, Row]:
    """A row up to `count` characters, and the rest of it."""
    kept: Row = []
    for index, segment in enumerate(row):
        if count < len(segment.text):
            left, right = segment.text[:count], segment.text[count:]
            return [*kept, Segment(left, segment.style)], [Segment(right, segment.style), *row[index + 1 :]]
        kept.append(segment)
        count -= len(segment.text)
    return kept, []
