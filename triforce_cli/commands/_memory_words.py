"""What is typed of memory and what is shown of it: options as the daemon takes them, entries as rows."""

import sys
from typing import Any

from triforce_cli.commands._durations import seconds
from triforce_cli.contexts import Globals
from triforce_cli.errors import WrongUsage
from triforce_cli.output.columns import Column
from triforce_cli.output.paint import is_terminal
from triforce_cli.output.words import ago, count

_FOR_GOOD = "never"


def _first_line(content: str) -> str:
    return content.strip().split("\n", 1)[0]


COLUMNS = (
    Column("ID", "id"),
    Column("TYPE", "type"),
    Column("CONTENT", "content", _first_line, flexible=True),
    Column("TAGS", "tags", ", ".join, flexible=True),
    Column("PROJECT", "project", flexible=True),
    Column("CONF", "confidence", "{:.2f}".format, right=True),
    Column("WRITTEN", "created", ago),
)


def given(**options: Any) -> Any:
    """Those that were given, as part of a request."""
    return {name: value for name, value in options.items() if value is not None}


def life(text: str) -> int | None:
    """A span of time in seconds; None: for good. Raises BadParameter."""
    return None if text.strip() == _FOR_GOOD else max(1, round(seconds(text)))


def rewritten(content: str, chosen: Globals) -> str:
    """What somebody makes of it in his editor. Raises WrongUsage where nobody is there."""
    if chosen.no_input or not is_terminal(sys.stdin):
        raise WrongUsage("Nothing says what is to be changed.", "See: triforce memory edit --help")
    from triforce_cli.conversation.editor import edited

    return edited(content, chosen.environ)


def entries_of(number: int) -> str:
    """`1 entry`, `2 entries`."""
    return count(number, "entry", "entries")
