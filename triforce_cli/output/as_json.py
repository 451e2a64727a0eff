"""Replies as JSON: whole, or narrowed to some fields."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, cast

from triforce_cli.errors import UnknownField
from triforce_cli.output.paint import is_terminal

#: What tells a program which reply this is and whether there is more; narrowing keeps it.
_FRAME = ("schema", "next")

# Terminals obey some of the characters that JSON leaves alone: DEL and the controls above it (ECMA-48), and those that
# turn the direction of what is read.
_OBEYED = (*range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_ESCAPED = {code: f"\\u{code:04x}" for code in _OBEYED}


def print_json(reply: Mapping[str, Any], fields: Sequence[str] = ()) -> None:
    """Print a reply on standard output: spread out for a person, on one line for a program."""
    indent = 2 if is_terminal(sys.stdout) else None
    print(json_line(narrowed(reply, fields), indent))


def json_line(value: object, indent: int | None = None) -> str:
    """`value` as JSON that a terminal can show: nothing in it is obeyed by one."""
    line = json.dumps(value, ensure_ascii=False, indent=indent).translate(_ESCAPED)
    try:
        line.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent)
    return line


def narrowed(reply: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """A reply with these fields only, of its items where it is a list. Raises UnknownField."""
    if not fields:
        return dict(reply)
    if "items" not in reply:
        return {**_frame(reply), **picked(reply, fields, reply)}
    items = cast("list[dict[str, Any]]", reply["items"])
    known = {name: None for item in items for name in item}
    return {**_frame(reply), "items": [picked(item, fields, known) for item in items]}


def picked(item: Mapping[str, Any], fields: Sequence[str], known: Mapping[str, Any]) -> dict[str, Any]:
    """These fields of `item`; `known` are the names that there are. Raises UnknownField."""
    for name in fields:
        if name not in known:
            raise UnknownField(f"There is no field {name!r}.", f"There are: {', '.join(known)}")
    return {name: item.get(name) for name in fields}


def _frame(reply: Mapping[str, Any]) -> dict[str, Any]:
    return {name: reply[name] for name in _FRAME if name in reply}
