"""Where in a TOML file a key stands, so that an error can name the line."""

import re
import tomllib
from collections.abc import Iterator
from typing import cast

_SYNTAX_ERROR_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def line_of(text: str, key: str) -> int | None:
    """The line (from 1) that sets `key` ("section.field"), or begins its table; None where neither is found."""
    table, nearest, line = "", (0, False), None
    for number, is_header, content in _statements(text):
        names = list(_names(content, "" if is_header else table))
        if key in names:
            return number
        if is_header:
            table = names[-1]
        # A table may begin with one that it holds: [a.b.c] makes a.b, though [a.b] says so more clearly.
        rank = max((len(name), name == names[-1]) for name in ["", *names] if not name or key.startswith(name + "."))
        if rank > nearest:
            nearest, line = rank, number
    return line


def line_of_syntax_error(text: str, message: str) -> int:
    """The line that `tomllib` names in its message about `text`, or the last: "(at end of document)"."""
    found = _SYNTAX_ERROR_LINE.search(message)
    return int(found.group(1)) if found else text.rstrip("\n").count("\n") + 1


def _statements(text: str) -> Iterator[tuple[int, bool, dict[str, object]]]:
    """Each statement: the line where it begins, whether it is a table's header, and what it sets, read on its own.

    TOML's own parser decides where a statement ends, so that no string or comment is taken for one.
    """
    begin, statement = 1, ""
    for number, line in enumerate(text.split("\n"), start=1):
        statement += line + "\n"
        try:
            content = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        if content:
            yield begin, statement.lstrip().startswith("["), content
        begin, statement = number + 1, ""


def _names(content: object, table: str) -> Iterator[str]:
    """The names that a statement sets, from the outermost: `a.b = 1` below `[t]` sets t.a and t.a.b."""
    path = [table] if table else []
    while isinstance(content, dict) and len(cast(dict[str, object], content)) == 1:
        ((name, content),) = cast(dict[str, object], content).items()
        path.append(name)
        yield ".".join(path)
