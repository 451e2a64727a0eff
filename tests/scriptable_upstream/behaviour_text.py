"""Behaviour as one line of text: `status=429 retry-after=2`, `every=10ms cut-after=40 cut=fin`, `ok`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, get_args

from tests.scriptable_upstream.behaviour import OK, Behaviour, Cut, Place

SIZES = {"TiB": 1 << 40, "GiB": 1 << 30, "MiB": 1 << 20, "KiB": 1 << 10, "B": 1}
#: In microseconds, so that a time keeps its exact value in both directions.
TIMES = {"m": 60_000_000, "s": 1_000_000, "ms": 1_000, "us": 1}
DEFAULT_BOMB = 1 << 30
DEFAULT_EXTRA = 10


class NotUnderstood(ValueError):
    """A text that is not of the language; the message names the word."""


def read_behaviour(text: str) -> Behaviour:
    """Raises NotUnderstood. Words are separated by blanks or commas; a bare number is a status."""
    found: dict[str, Any] = {}
    for word in re.split(r"[\s,]+", text.strip()):
        if word not in ("", "ok"):
            name, value = _read_word(word)
            found[name] = value
    return Behaviour(**found)


def write_behaviour(behaviour: Behaviour) -> str:
    """The text that `read_behaviour` reads as the same value."""
    named = ((field.name, getattr(behaviour, field.name)) for field in fields(Behaviour))
    return " ".join(_write_word(name, value) for name, value in named if value != getattr(OK, name)) or "ok"


def _read_word(word: str) -> tuple[str, Any]:
    if re.fullmatch(r"[1-5]\d\d", word):
        return "status", int(word)
    key, equals, text = word.partition("=")
    name = NAMES.get(key, "")
    kind = KINDS.get(name)
    if kind is None:
        raise NotUnderstood(f"{key!r} is no word of the fault language")
    if not equals:
        if kind.bare is None:
            raise NotUnderstood(f"{key!r} needs a value: {key}=…")
        return name, kind.bare
    try:
        return name, kind.read(text)
    except (ValueError, KeyError, InvalidOperation) as error:
        raise NotUnderstood(f"{text!r} is no value for {key!r}") from error


def _write_word(name: str, value: Any) -> str:
    key = _key(name)
    return key if value is True else f"{key}={KINDS[name].write(value)}"


def _key(name: str) -> str:
    """A field's word."""
    return "1xx" if name == "informational" else name.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Kind:
    """How the values of a word are read and written, and what it means without one."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]
    bare: Any = None


def _flag(text: str) -> bool:
    raise ValueError(text)


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,12}", text):
        raise ValueError(text)
    return int(text)


def _status(text: str) -> int:
    if not re.fullmatch(r"[1-5]\d\d", text):
        raise ValueError(text)
    return int(text)


def _word(text: str) -> str:
    if not text:
        raise ValueError(text)
    return text


def _choice(allowed: tuple[str, ...]) -> Callable[[str], str]:
    return lambda text: allowed[allowed.index(text)]


def _read_time(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(m|s|ms|us)", text)
    if not found:
        raise ValueError(text)
    return int(Decimal(found[1]) * TIMES[found[2]]) / 1e6


def _write_time(seconds: float) -> str:
    micros = round(seconds * 1e6)
    unit = next(unit for unit, size in TIMES.items() if micros % size == 0)
    return f"{micros // TIMES[unit]}{unit}"


def _read_size(text: str) -> int:
    found = re.fullmatch(r"(\d+)(TiB|GiB|MiB|KiB|B)?", text)
    if not found:
        raise ValueError(text)
    return int(found[1]) * SIZES[found[2] or "B"]


def _write_size(size: int) -> str:
    unit = next(unit for unit, each in SIZES.items() if size % each == 0)
    return f"{size // SIZES[unit]}{unit}"


def _read_place(text: str) -> Place:
    return Place(_count(text)) if text.isdigit() else Place(_read_size(text), "bytes")


def _write_place(place: Place) -> str:
    return str(place.count) if place.unit == "events" else _write_size(place.count)


def _read_rate(text: str) -> float:
    return float(_read_size(text.removesuffix("/s")))


def _write_rate(rate: float) -> str:
    return f"{_write_size(round(rate))}/s"


def _read_split(text: str) -> int | Literal["seeded"]:
    if text in ("every", "seeded"):
        return 1 if text == "every" else "seeded"
    if _count(text) == 0:
        raise ValueError(text)
    return _count(text)


def _write_split(split: int | str) -> str:
    return "every" if split == 1 else str(split)


def _signed(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,9}", text):
        raise ValueError(text)
    return int(text)


_COUNT = Kind(_count, str)
_FLAG = Kind(_flag, str, bare=True)
_TIME = Kind(_read_time, _write_time)
_PLACE = Kind(_read_place, _write_place)
_WORD = Kind(_word, str)

KINDS: dict[str, Kind] = {
    "status": Kind(_status, str),
    "error": _WORD,
    "retry_after": _WORD,
    "html": _FLAG,
    "location": _WORD,
    "delay": _TIME,
    "first": _TIME,
    "every": _TIME,
    "drip": Kind(_read_rate, _write_rate),
    "words": _COUNT,
    "tiny_events": _COUNT,
    "huge_line": Kind(_read_size, _write_size),
    "no_answer": _FLAG,
    "cut_after": _PLACE,
    "cut": Kind(_choice(get_args(Cut)), str),
    "stall_after": _PLACE,
    "stall": _TIME,
    "no_terminator": _FLAG,
    "malformed_at": _COUNT,
    "bad_utf8_at": _COUNT,
    "error_in_stream_at": _COUNT,
    "comments": _FLAG,
    "crlf": _FLAG,
    "split": Kind(_read_split, _write_split),
    "gzip": _FLAG,
    "gzip_bomb": Kind(_read_size, _write_size, bare=DEFAULT_BOMB),
    "wrong_length": Kind(_signed, "{:+d}".format, bare=DEFAULT_EXTRA),
    "trailers": _FLAG,
    "informational": _FLAG,
    "close": _FLAG,
    "drop": _FLAG,
}
#: Word → field.
NAMES = {_key(name): name for name in KINDS}
