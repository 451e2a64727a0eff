"""TOML changed in place: remarks and order stay."""

from collections.abc import MutableMapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

Path = tuple[str, ...]


def value_at(text: str, path: Path, missing: object = None) -> Any:
    """The value at `path`. Raises ValueError where the text is no TOML."""
    place: Any = _parsed(text).unwrap()
    for name in path:
        if not isinstance(place, dict) or name not in place:
            return missing
        place = cast("dict[str, Any]", place)[name]
    return place


def with_value(text: str, path: Path, value: object) -> str:
    """`text` with `value` at `path`. Raises ValueError where the text is no TOML or something else is in the way."""
    document = _parsed(text)
    place = cast(Any, document)
    for depth, name in enumerate(path[:-1]):
        if name not in place:
            place[name] = _table(place, holds_tables_alone=depth < len(path) - 2)
        holder = place[name]
        if not isinstance(holder, MutableMapping):
            raise ValueError(f"`{'.'.join(path[: depth + 1])}` is no table")
        place = cast(Any, holder)
    place[path[-1]] = value
    return _dumped(document)


def without(text: str, path: Path) -> str:
    """`text` without what is at `path`, which is there."""
    document = _parsed(text)
    place = cast(Any, document)
    for name in path[:-1]:
        place = place[name]
    del place[path[-1]]
    return _dumped(document)


def _table(within: Any, holds_tables_alone: bool) -> Any:
    """A new table, written as the one that it stands in; one that only holds others needs no line of its own."""
    tomlkit = _tomlkit()
    if isinstance(within, tomlkit.items.InlineTable):
        return tomlkit.inline_table()
    return tomlkit.table(is_super_table=holds_tables_alone)


def _parsed(text: str) -> "TOMLDocument":
    tomlkit = _tomlkit()
    try:
        return tomlkit.parse(text)
    except tomlkit.exceptions.TOMLKitError as error:
        raise ValueError(str(error)) from None


def _dumped(document: "TOMLDocument") -> str:
    text = _tomlkit().dumps(document)
    # What cannot be read back must not be written: the owner's file is at stake.
    _parsed(text)
    return text


def _tomlkit() -> ModuleType:
    import tomlkit

    return tomlkit
