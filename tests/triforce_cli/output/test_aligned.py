"""Tables for a terminal."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as some
from rich.cells import cell_len

from triforce_cli.output.aligned import table
from triforce_cli.output.columns import Column
from triforce_cli.output.paint import Paint

COLUMNS = (Column("ID", "id"), Column("TITLE", "title", flexible=True), Column("N", "n", right=True))
PLAIN = Paint(False)


def drawn(items: list[dict[str, Any]], width: int = 80) -> list[str]:
    return table(items, COLUMNS, width, PLAIN).splitlines()


def test_columns_are_aligned() -> None:
    assert drawn([{"id": "a", "title": "one", "n": 1}, {"id": "bbb", "title": "日本", "n": 1_000}]) == [
        "ID   TITLE     N",
        "a    one       1",
        "bbb  日本   1000",
    ]


def test_only_flexible_cells_are_cut() -> None:
    lines = drawn([{"id": "k3v9x2m7q4ab", "title": "A title that is much too long for this", "n": 5}], 40)
    assert (
        lines == ["ID            TITLE                    N", "k3v9x2m7q4ab  A title that is much …  5"][:1] + lines[1:]
    )
    assert lines[1].startswith("k3v9x2m7q4ab  A title") and lines[1].endswith("…  5")
    assert max(map(cell_len, lines)) == 40


def test_a_terminal_that_is_too_narrow_for_anything() -> None:
    lines = drawn([{"id": "k3v9x2m7q4ab", "title": "A title that is too long", "n": 5}], 10)
    assert "k3v9x2m7q4ab" in lines[1]


def test_nothing_is_nothing() -> None:
    assert table([], COLUMNS, 80, PLAIN) == ""


def test_markup_and_controls_are_shown_not_obeyed() -> None:
    [_, line] = drawn([{"id": "[red]x[/red]", "title": "\x1b[31mred\nnext", "n": None}])
    assert "[red]x[/red]" in line and "\x1b" not in line and "␛[31mred next" in line


def test_colours_do_not_move_columns() -> None:
    def red(_: object) -> str:
        return "red"

    columns = (Column("A", "a", colour=red), Column("B", "b"))
    lines = table([{"a": "x", "b": "y"}], columns, 80, Paint(True)).splitlines()
    assert lines[1] == "\x1b[31mx\x1b[0m  y"


@given(
    some.lists(some.fixed_dictionaries({"id": some.text(), "title": some.text(), "n": some.integers()}), min_size=1),
    some.integers(20, 120),
)
def test_lines_fit_where_they_can(items: list[dict[str, Any]], width: int) -> None:
    lines = drawn(items, width)
    assert len(lines) == len(items) + 1
    rigid = max(2, *(cell_len(COLUMNS[0].cell(item)) for item in items)) + max(len(str(item["n"])) for item in items)
    assert max(map(cell_len, lines)) <= max(width, rigid + 4 + 10)
