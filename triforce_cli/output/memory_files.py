"""Memory to keep elsewhere: an entry a line, as JSON, and read back."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from triforce_cli.errors import InputInvalid

if TYPE_CHECKING:
    from triforce_daemon.wire.memory import MemoryDocument

SCHEMA = "triforce.memory.entry/1"


def as_json_lines(entries: "Iterable[MemoryDocument]") -> str:
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)


def read_back(text: str, name: str) -> "list[MemoryDocument]":
    """The entries in what `as_json_lines` wrote. `name` is for the error: InputInvalid."""
    # Other ends of lines than this one may stand in the texts.
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        raise _not_ours(name, "it is empty")
    return [_entry(line, number, name) for number, line in lines]


def _entry(line: str, number: int, name: str) -> "MemoryDocument":
    try:
        entry: Any = json.loads(line)
    except ValueError as error:
        raise _not_ours(name, f"line {number} is no JSON: {error}") from None
    if not isinstance(entry, dict) or cast("dict[str, Any]", entry).get("schema") != SCHEMA:
        raise _not_ours(name, f"line {number} is no entry")
    return cast("MemoryDocument", entry)


def _not_ours(name: str, why: str) -> InputInvalid:
    return InputInvalid(
        f"{name} holds no exported memory: {why}.", "Such files are written by: triforce memory export --output FILE"
    )
