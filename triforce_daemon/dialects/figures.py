"""The provider's figures of what was used, whatever it sends in their place."""

from typing import Any, cast


def count(figures: dict[str, Any], name: str) -> int:
    """The tokens under `name`; 0 where there is no sensible number. None has ever had more than a double can count."""
    value = figures.get(name)
    return int(value) if isinstance(value, int | float) and 0 < value < 1 << 53 else 0


def details(body: dict[str, Any], name: str) -> dict[str, Any]:
    """The object under `name`; an empty one where there is none."""
    value = body.get(name)
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}
