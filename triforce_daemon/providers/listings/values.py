"""What a stranger's list says, taken only where it makes sense: everything in it was written by others."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

#: The longest name that is a model's, and the longest text that is shown of one.
LONGEST_NAME = 256
LONGEST_TEXT = 300
#: No model holds more tokens.
_MOST_TOKENS = 1 << 40
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

Fields = dict[str, Any]


def listed(body: object, *places: str) -> list[Any]:
    """The list in `body`: the body itself, or in the first of `places` that it has. Raises ValueError."""
    found: object = body
    if isinstance(body, dict):
        fields = cast(Fields, body)
        found = next((fields[place] for place in places if place in fields), None)
    if not isinstance(found, list):
        raise ValueError(f"there is no list in it, neither by itself nor as {' or '.join(places)}")
    return cast(list[Any], found)


def fields(value: object) -> Fields:
    """An object; an empty one for everything else."""
    return cast(Fields, value) if isinstance(value, dict) else {}


def objects(value: object) -> Iterator[Fields]:
    """The objects of a list; whatever else is in it is passed over."""
    if isinstance(value, list):
        yield from (cast(Fields, item) for item in cast(list[Any], value) if isinstance(item, dict))


def words(value: object) -> list[str]:
    """The texts of a list."""
    return [item for item in cast(list[Any], value) if isinstance(item, str)] if isinstance(value, list) else []


def name(value: object) -> str | None:
    """A name as it was given; None for what no command line and no log should ever hold."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME:
        return None
    # No control characters, and nothing that makes text run backwards or be invisible: `isprintable` knows them all.
    return value if value.isprintable() and not re.search(r"\s", value) else None


def text(value: object) -> str | None:
    """A line of text for a person, of which nothing can escape; None where nothing is left."""
    if not isinstance(value, str):
        return None
    spaced = " ".join(value[: LONGEST_TEXT * 4].split())
    return "".join(letter for letter in spaced if letter.isprintable())[:LONGEST_TEXT].strip() or None


def count(*values: object) -> int | None:
    """The first that is a number of tokens; lists write some as text."""
    for value in values:
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 15:
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < _MOST_TOKENS:
            return value
    return None


def date(value: object) -> str | None:
    """The day of a date or time as RFC 3339 writes it."""
    found = _DATE.match(value) if isinstance(value, str) else None
    return found[0] if found else None


def dollars(value: object, tokens: int = 1) -> str | None:
    """A price for so many tokens as the decimal text of the price for a million; None for "it varies" (negative)."""
    if isinstance(value, bool) or not isinstance(value, str | int | float) or len(shown := str(value)) > 32:
        return None
    try:
        amount = Decimal(shown) * 1_000_000 / tokens
    except ArithmeticError:
        return None
    if not amount.is_finite() or not 0 <= amount < 1_000_000_000 or amount.adjusted() < -18:
        return None
    return format(amount.normalize(), "f")
