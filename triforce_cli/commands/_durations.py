"""Spans of time as people write them: 500ms, 30s, 2m, 7d."""

import typer

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}


def seconds(text: str) -> float:
    """`text` as seconds; a bare number is seconds already. Raises BadParameter for what is no span of time."""
    number = text.strip().rstrip("msdhw")
    unit = text.strip()[len(number) :] or "s"
    try:
        value = float(number) * _SECONDS[unit]
    except (ValueError, KeyError):
        raise typer.BadParameter(f"{text!r} is no span of time like 500ms, 30s, 2m, 12h or 7d") from None
    if not 0 < value < float("inf"):
        raise typer.BadParameter(f"{text!r} is not a span of time that ends")
    return value
