"""The provider's figures of what was used, whatever it sends in their place."""

from typing import Any

from triforce_daemon.dialects.fields import Json

_NUMBERS = (int, float)
#: What a double can count.
_MOST = 1 << 53


def count(figures: dict[str, Any], name: str) -> int:
    """The tokens under `name`; 0 where there is no sensible number. None has ever had more than a double can count."""
    value = figures.get(name)
    return int(value) if value and isinstance(value, _NUMBERS) and 0 < value < _MOST else 0


def details(body: dict[str, Any], name: str) -> dict[str, Any]:
    """The object under `name`; an empty one where there is none."""
    value: Json = body.get(name)
    return value if isinstance(value, dict) else {}
