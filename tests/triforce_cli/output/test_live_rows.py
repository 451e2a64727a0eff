"""What the terminal shows is what was asked for, what left the screen is left alone, and little is sent."""

import os
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style

from tests.triforce_cli.output.terminal import Terminal
from triforce_cli.output.live_rows import LiveRows, Row

BOLD = Style(bold=True)
ABOVE = ["the prompt of a shell", "$ triforce chat"]

glyphs = st.sampled_from(["a", "b", " ", "日", "e\u0301", "👍"])
texts = st.lists(glyphs, max_size=8).map(lambda glyphs: "".join(glyphs).rstrip())
segments = st.tuples(texts.filter(bool), st.sampled_from([None, BOLD])).map(lambda parts: Segment(*parts))
row_lists = st.lists(st.lists(segments, max_size=3), max_size=9)


class Live(LiveRows):
    """Rows on a terminal, which knows its own size."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(terminal.write, paint)
        self._terminal = terminal

    def show(self, rows: Sequence[Row], size: os.terminal_size | None = None) -> None:
        super().show(rows, size or self._terminal.size)


def paint(segment: Segment) -> str:
    return f"\x1b[1m{segment.text}\x1b[0m" if segment.style == BOLD else segment.text


def plain(*lines: str) -> list[Row]:
    return [[Segment(line)] if line else [] for line in lines]


def shown(rows: list[Row]) -> list[str]:
    """The rows as a terminal that was sent nothing else shows them."""
    fresh = Terminal(60, 100)
    fresh.write("\n".join("".join(segment.text for segment in row) for row in rows))
    return fresh.rows()


@pytest.mark.timeout(300)
@given(st.lists(st.tuples(row_lists, st.integers(0, 3)), max_size=8), st.integers(2, 12))
def test_the_terminal_shows_what_was_asked_for_last(steps: list[tuple[list[Row], int]], lines: int) -> None:
    terminal = Terminal(60, lines)
    terminal.write("\n".join(ABOVE) + "\n")
    live = Live(terminal)
    settled: list[Row] = []
    region: list[Row] = [[]]
    gone = 0
    for rows, settle in steps:
        gone = max(gone, len(region) - lines)
        if len(rows) > gone:
            region = [*region[:gone], *rows[gone:]]
        elif not gone and region:
            region = [[]]
        live.show(rows)
        assert terminal.rows() == shown([*plain(*ABOVE), *settled, *region])
        settle = min(settle, len(rows))
        live.settle(settle)
        if 0 < len(rows) <= settle:
            settle = len(region)
        gone = max(0, max(gone, len(region) - lines) - settle)
        settled, region = [*settled, *region[:settle]], region[settle:]


def test_text_that_is_added_is_all_that_is_sent() -> None:
    terminal = Terminal()
    live = Live(terminal)
    for text in ("The", "The sky", "The sky is blue."):
        live.show(plain(text))
    live.show(plain("The sky is blue.", "It is"))
    assert terminal.sent == "The sky is blue.\r\nIt is"


def test_what_is_the_same_is_not_sent_again() -> None:
    terminal = Terminal()
    live = Live(terminal)
    live.show(plain("one", "two"))
    sent = len(terminal.sent)
    live.show(plain("one", "two"))
    assert len(terminal.sent) == sent


def test_a_mark_that_joins_its_letter_is_sent_with_it() -> None:
    terminal = Terminal()
    live = Live(terminal)
    live.show(plain("cafe"))
    live.show(plain("cafe\u0301"))
    assert terminal.sent.startswith("cafe") and terminal.sent.endswith("e\u0301")
    assert terminal.sent.count("e") == 2


def test_rows_that_left_the_screen_stay_as_they_were() -> None:
    terminal = Terminal(20, 3)
    live = Live(terminal)
    live.show(plain("1", "2", "3", "4", "5"))
    assert live.scrolled == 2
    live.show(plain("a", "b", "c", "d", "e"))
    assert terminal.rows() == ["1", "2", "c", "d", "e"]


def test_a_lower_screen_keeps_more_rows_out_of_reach() -> None:
    terminal = Terminal(20, 10)
    live = Live(terminal)
    live.show(plain(*"123456"))
    sent = len(terminal.sent)
    live.show(plain(*"abcdef"), os.terminal_size((20, 4)))
    assert live.scrolled == 2
    assert "a" not in terminal.sent[sent:] and "c" in terminal.sent[sent:]
    live.show(plain(*"uvwxyz"))
    assert live.scrolled == 2, "rows that went do not come back"


def test_another_width_goes_on_below_what_is_shown() -> None:
    terminal = Terminal(20, 10)
    terminal.write("above\n")
    live = Live(terminal)
    live.show(plain("final", "some words and", "more wo"))
    live.settle(1)
    terminal.screen.resize(10, 40)
    live.show(plain("some words and more words"))
    assert terminal.rows() == ["above", "final", "some words and", "more wo", "rds"]
    live.show(plain("some words and more words and", "others"))
    live.settle(2)
    live.show(plain("", "next"))
    assert terminal.rows()[4:] == ["rds and", "others", "", "next"]


def test_another_width_leaves_empty_rows_where_they_are() -> None:
    terminal = Terminal(20, 10)
    live = Live(terminal)
    live.show(plain("one", "two"))
    terminal.screen.resize(10, 40)
    live.show(plain("one two", "", "three"))
    assert terminal.rows() == ["one", "two", "", "three"]


def test_another_width_twice() -> None:
    terminal = Terminal(20, 3)
    live = Live(terminal)
    live.show(plain("▌ a b", "▌ c d", "▌ e f", "▌ g h"))
    terminal.screen.resize(3, 40)
    live.show(plain("▌ a b c", "▌ d e f", "▌ g h i"))
    terminal.screen.resize(3, 50)
    live.show(plain("▌ a b c d", "▌ e f g h", "▌ i j k"))
    assert terminal.rows() == ["▌ a b", "▌ c d", "▌ e f", "▌ g h", "i", "j k"]


@pytest.mark.parametrize("rows", [[], [[]], plain("one")])
def test_another_width_where_nothing_was_shown(rows: list[Row]) -> None:
    terminal = Terminal(20, 3)
    live = Live(terminal)
    terminal.screen.resize(3, 40)
    live.show(rows)
    assert terminal.rows() == (["one"] if rows == plain("one") else [])
