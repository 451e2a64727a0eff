"""Narrows a query to some rows."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, Select


def among(query: Select[Any], column: "Column[str]", wanted: Collection[str] | None) -> Select[Any]:
    """Only rows whose `column` is one of `wanted`; None: all of them."""
    return query if wanted is None else query.where(column.in_(wanted))
