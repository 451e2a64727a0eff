"""The text of a configuration file as it may be kept elsewhere."""

from typing import Any, cast

import tomlkit
from tomlkit.exceptions import ParseError

from triforce_daemon.configuration.validation import without_password


def without_secrets(text: str) -> str:
    """The same without the passwords of its addresses; comments stay, but for those that hold one.

    Raises ValueError where it is no TOML.
    """
    try:
        document = tomlkit.parse(text)
    except ParseError as error:
        raise ValueError(str(error)) from None
    _mask(document)
    # What stood in a comment is no value: an address in one is masked by its look.
    return "".join(_without_address(line) for line in tomlkit.dumps(document).splitlines(keepends=True))


def _mask(table: "dict[Any, Any] | list[Any]") -> None:
    """Of a table or a list, with all that stands in it."""
    for place in list(table) if isinstance(table, dict) else range(len(table)):
        value = table[place]
        if isinstance(value, dict | list):
            _mask(cast("dict[Any, Any] | list[Any]", value))
        elif isinstance(value, str) and "://" in value and (shown := without_password(value)) != value:
            table[place] = shown


def _without_address(line: str) -> str:
    before, sign, comment = line.partition("#")
    return before + sign + str(without_password(comment)) if sign and "://" in comment else line
