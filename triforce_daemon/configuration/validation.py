"""What is wrong with values that may become the settings, and how to go on without it."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from triforce_daemon.configuration.keys import named_sections
from triforce_daemon.settings import Settings

#: The way to a value or a table: ("log", "level"), ("providers", "groq", "base_url"), ("aliases", "fast").
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    path: Path
    message: str
    value: object
    #: Nothing stands at `path`, and something has to.
    missing: bool

    def words(self) -> str:
        """What is wrong, without what may be a password in an address."""
        return self.message if self.missing else f"{without_password(repr(self.value))}: {self.message}"


def without_password(value: object) -> object:
    """The value of a setting as it is shown: what stands before the host of an address is not."""
    if not isinstance(value, str):
        return value
    # A password may hold what it should not, written as it is: the last @ ends it.
    return re.sub(r"([?&]password=)[^&]*", r"\1…", re.sub(r"//.*@", "//…@", value))


def validate(values: Mapping[str, Any]) -> Settings | list[Wrong]:
    """The settings; or all that is wrong, which is never nothing."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        return [
            Wrong(
                _path(failure["loc"]),
                # So pydantic begins what our own checks say.
                failure["msg"].removeprefix("Value error, "),
                failure["input"],
                failure["type"] == "missing",
            )
            for failure in error.errors()
        ]


def take_out(values: dict[str, Any], path: Path) -> Path:
    """Remove what stands at `path`; where nothing does, the table that lacks it. Return what was removed."""
    *above, last = path
    holder, table = values, values
    for name in above:
        if name not in table:
            # It went with what was taken out before.
            return path
        holder, table = table, table[name]
    if last in table or not above:
        table.pop(last, None)
        return path
    del holder[above[-1]]
    return tuple(above)


def _path(location: tuple[int | str, ...]) -> Path:
    """The value or table that pydantic speaks of, without the place within a value."""
    depth = 3 if location[0] in named_sections() else 2
    return tuple(itertools.takewhile(lambda part: part != "[key]", map(str, location[:depth])))
