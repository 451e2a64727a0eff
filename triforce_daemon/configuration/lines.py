"""Where in a TOML file a key stands, so that an error can name the line."""

import re

_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?$")
_ASSIGNMENT = re.compile(r"\s*([A-Za-z0-9_\-.\"' ]+?)\s*=")
_SYNTAX_ERROR_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def line_of(text: str, key: str) -> int | None:
    """The line (from 1) that sets `key` ("section.field"), or begins its table; None where neither is found."""
    table = ""
    table_line: int | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _plain(header.group(1))
            if key == table or key.startswith(table + "."):
                table_line = table_line or number
        elif assignment := _ASSIGNMENT.match(line):
            name = _plain(assignment.group(1))
            full = f"{table}.{name}" if table else name
            if full == key or key.startswith(full + "."):
                return number
    return table_line


def line_of_syntax_error(message: str) -> int | None:
    """The line that `tomllib` names at the end of its message."""
    found = _SYNTAX_ERROR_LINE.search(message)
    return int(found.group(1)) if found else None


def _plain(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in name.split("."))
