"""What a column of a table shows: a field, in a person's words or as a program reads it."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

from triforce_cli.output.sanitise import one_line

#: `json.dumps` would make one for each cell, and there may be thousands.
_JSON = json.JSONEncoder(ensure_ascii=False)


class Column(NamedTuple):
    """A field of the items. A person sees it in `words`, a program as it is."""

    title: str
    field: str
    words: Callable[[Any], str] | None = None
    right: bool = False
    flexible: bool = False
    """Gives way where the terminal is too narrow."""
    colour: Callable[[Mapping[str, Any]], str] | None = None
    """The name of a `Paint` method for an item, or an empty word."""

    def cell(self, item: Mapping[str, Any]) -> str:
        """What a person sees; a dash stands for what is unknown."""
        value = item.get(self.field)
        if value is None:
            return "-"
        return one_line(self.words(value)) if self.words else bare(value)


def bare(value: Any) -> str:
    """A value as a program reads it in a line: text as it is, null as nothing, names with commas, the rest as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return one_line(value)
    items = cast("list[Any]", value) if isinstance(value, list) else [value]
    if all(isinstance(item, str) for item in items):
        return one_line(",".join(map(str, items)))
    return one_line(_JSON.encode(value))
