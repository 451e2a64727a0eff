"""Draws a table for a terminal: columns as wide as they need to be, and lines that fit."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size

from triforce_cli.output.columns import Column
from triforce_cli.output.paint import Paint

_GAP = 2
_NARROWEST = 10


def table(items: Sequence[Mapping[str, Any]], columns: Sequence[Column], width: int, paint: Paint) -> str:
    """Items below the titles of their columns; where the lines would be wider than `width`, flexible cells are cut."""
    if not items:
        return ""
    cells = [[column.cell(item) for column in columns] for item in items]
    widths = [max(len(column.title), *(cell_len(row[at]) for row in cells)) for at, column in enumerate(columns)]
    _narrow(widths, columns, width)
    lines = [[paint.dim(_fitted(column.title, widths[at], column)) for at, column in enumerate(columns)]]
    for item, row in zip(items, cells, strict=True):
        fitted = [_fitted(row[at], widths[at], column) for at, column in enumerate(columns)]
        lines.append([_painted(text, item, column, paint) for text, column in zip(fitted, columns, strict=True)])
    return "\n".join((" " * _GAP).join(line).rstrip() for line in lines)


def _narrow(widths: list[int], columns: Sequence[Column], width: int) -> None:
    """Take from the widest flexible column until the line fits, or until none can give more."""
    excess = sum(widths) + _GAP * (len(widths) - 1) - width
    while excess > 0:
        giving = [at for at, column in enumerate(columns) if column.flexible and widths[at] > _NARROWEST]
        if not giving:
            return
        widths[max(giving, key=lambda at: widths[at])] -= 1
        excess -= 1


def _fitted(text: str, width: int, column: Column) -> str:
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + "…"
    padding = " " * (width - cell_len(text))
    return padding + text if column.right else text + padding


def _painted(text: str, item: Mapping[str, Any], column: Column, paint: Paint) -> str:
    colour = column.colour(item) if column.colour else ""
    return getattr(paint, colour)(text) if colour else text
