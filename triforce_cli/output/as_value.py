"""Any JSON object as a person reads it: names and values, lists as bullets, long text as it is."""

from collections.abc import Mapping
from typing import Any, cast

from triforce_cli.output.columns import bare
from triforce_cli.output.sanitise import one_line, sanitise

_INDENT = "  "


def value_text(value: Mapping[str, Any]) -> str:
    """The whole of it. One text alone is that text, without its name."""
    if len(value) == 1 and isinstance(only := next(iter(value.values())), str):
        return sanitise(only)
    return "\n".join(_fields(value, 0))


def _fields(value: Mapping[str, Any], depth: int) -> list[str]:
    named = [(one_line(name), held) for name, held in value.items()]
    width = max((len(name) for name, _ in named), default=0)
    lines: list[str] = []
    for name, held in named:
        if isinstance(held, str) and "\n" in held:
            lines += [_line(name, depth), *(_line(line, depth + 1) for line in sanitise(held).split("\n"))]
        elif _is_plain(held):
            lines.append(f"{_line(name.ljust(width), depth)}  {_plain(held)}".rstrip())
        else:
            lines += [_line(name, depth), *_inner(held, depth + 1)]
    return lines


def _inner(held: Any, depth: int) -> list[str]:
    if isinstance(held, Mapping):
        return _fields(cast("Mapping[str, Any]", held), depth)
    lines: list[str] = []
    for item in cast("list[Any]", held):
        if _is_plain(item):
            lines.append(_line(f"- {_plain(item)}", depth))
        else:
            first, *rest = _inner(item, depth + 1) or [_line("", depth + 1)]
            lines += [_line(f"- {first.lstrip()}", depth), *rest]
    return lines


def _is_plain(held: Any) -> bool:
    """Whether it stands on one line."""
    if isinstance(held, list):
        return all(isinstance(item, str | int | float | None) for item in cast("list[Any]", held)) and (
            sum(len(str(item)) for item in cast("list[Any]", held)) < 80
        )
    return not isinstance(held, Mapping) or not held


def _plain(held: Any) -> str:
    if isinstance(held, bool):
        return "yes" if held else "no"
    if isinstance(held, list):
        return ", ".join(bare(item) for item in cast("list[Any]", held)) or "none"
    return "-" if held is None else bare(held)


def _line(text: str, depth: int) -> str:
    return _INDENT * depth + text
