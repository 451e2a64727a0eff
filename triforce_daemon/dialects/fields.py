"""Reads what a client sent by hand, fast, and names the field that is not what it must be."""

from typing import Any, NoReturn

from triforce_daemon.errors import InvalidRequest

Object = dict[str, Any]
#: Whatever stands in JSON.
Json = Object | list[Any] | str | float | bool | None

#: What JSON's numbers become; true and false are none.
_NUMBERS = frozenset({int, float})
#: What is beyond 64 bits could not be written again.
_BEYOND = 1 << 63


def refuse(path: str, wanted: str) -> NoReturn:
    """Raises InvalidRequest: the field at `path` must be `wanted`."""
    raise InvalidRequest(f"`{path}` must be {wanted}.")


def place(at: str, name: str) -> str:
    """`messages[2]`, `content` → `messages[2].content`."""
    return f"{at}.{name}" if at else name


def as_object(value: Json, path: str) -> Object:
    if not isinstance(value, dict):
        refuse(path, "an object")
    return value


def as_text(value: Json, path: str) -> str:
    if not isinstance(value, str):
        refuse(path, "text")
    return value


def as_list(value: Json, path: str) -> list[Any]:
    if not isinstance(value, list):
        refuse(path, "a list")
    return value


def text(body: Object, name: str, at: str = "") -> str | None:
    """The text under `name`; None where it is absent or null. The others likewise."""
    value = body.get(name)
    return value if value is None or isinstance(value, str) else as_text(value, place(at, name))


def needed_text(body: Object, name: str, at: str = "") -> str:
    value = body.get(name)
    return value if isinstance(value, str) else as_text(value, place(at, name))


def flag(body: Object, name: str, at: str = "") -> bool | None:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        refuse(place(at, name), "true or false")
    return value


def number(body: Object, name: str, at: str = "") -> float | None:
    value = body.get(name)
    if value is not None and type(value) not in _NUMBERS:
        refuse(place(at, name), "a number")
    return value


def whole(body: Object, name: str, at: str = "") -> int | None:
    """A whole number; 3.0 counts as 3."""
    value = body.get(name)
    if type(value) is int and abs(value) < _BEYOND:
        return value
    value = number(body, name, at)
    if value is None:
        return None
    if value != value // 1 or abs(value) >= _BEYOND:
        refuse(place(at, name), "a whole number")
    return int(value)


def entries(body: Object, name: str, at: str = "") -> list[Any]:
    """The list under `name`; empty where it is absent or null."""
    value: Json = body.get(name)
    if isinstance(value, list):
        return value
    return [] if value is None else as_list(value, place(at, name))


def mapping(body: Object, name: str, at: str = "") -> Object | None:
    value = body.get(name)
    return None if value is None else as_object(value, place(at, name))


def texts(body: Object, name: str, at: str = "") -> list[str]:
    """A text, or a list of texts, as a list."""
    value = body.get(name)
    if isinstance(value, str):
        return [value]
    path = place(at, name)
    return [as_text(one, f"{path}[{number}]") for number, one in enumerate(entries(body, name, at))]
