"""JSON values of unknown shape, taken as what they should be."""

from typing import Any, cast

Fields = dict[str, Any]


def as_object(value: object) -> Fields:
    """The value where it is an object, else an empty one."""
    return cast(Fields, value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return cast(list[Any], value) if isinstance(value, list) else []


def objects(value: object) -> list[Fields]:
    """The objects in a list; none where it is no list."""
    return [cast(Fields, item) for item in as_list(value) if isinstance(item, dict)]


def listed(value: object) -> list[Any]:
    """A list as it is, anything else as a list of one."""
    return cast(list[Any], value) if isinstance(value, list) else [value]
