"""Narrows a query to some rows."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, ColumnElement, Select

#: No id is longer, and beyond 50,000 bytes SQLite takes no pattern.
_LONGEST_ID = 64


def among(query: Select[Any], column: "Column[str]", wanted: Collection[str] | None) -> Select[Any]:
    """Only rows whose `column` is one of `wanted`; None: all of them."""
    return query if wanted is None else query.where(column.in_(wanted))


def begins(column: "Column[str]", prefix: str) -> ColumnElement[bool]:
    """Whether the id in `column` begins with `prefix`, whatever that holds and however long it is."""
    return column.startswith(prefix[:_LONGEST_ID], autoescape=True)
