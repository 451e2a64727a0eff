"""Colours, where they are wanted."""

import io
from typing import Any

import pytest

from triforce_cli.output.paint import Paint, is_terminal, paint_for


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "no_color", "colours"),
    [
        ({"TERM": "xterm"}, False, True),
        ({"TERM": "xterm"}, True, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, False, True),
        ({"TERM": "dumb"}, False, False),
        ({}, False, False),
    ],
)
def test_who_gets_colours(environ: dict[str, str], no_color: bool, colours: bool) -> None:
    assert paint_for(Terminal(), environ, no_color) == Paint(colours)
    assert paint_for(io.StringIO(), environ, no_color) == Paint(False)


def test_a_closed_stream_is_no_terminal() -> None:
    closed: Any = None
    assert is_terminal(closed) is False


def test_marks() -> None:
    paint = Paint(True)
    assert {paint.bold("x"), paint.dim("x"), paint.red("x"), paint.green("x"), paint.yellow("x")} == {
        f"\x1b[{code}mx\x1b[0m" for code in (1, 2, 31, 32, 33)
    }
    assert Paint(False).red("x") == "x"
