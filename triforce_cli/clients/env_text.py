"""A file of `NAME=value` lines, changed in place."""

import re

Path = tuple[str, ...]


def value_at(text: str, path: Path, missing: object = None) -> object:
    """The value of the variable that `path` names, without its quotes."""
    found = _last(text, path)
    if found is None:
        return missing
    value = found["value"].strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def with_value(text: str, path: Path, value: object) -> str:
    """`text` with that variable, which holds nothing that would need quotes."""
    line = f"{path[0]}={value}"
    found = _last(text, path)
    if found is not None:
        return text[: found.start()] + line + text[found.end() :]
    return (text if text.endswith("\n") or not text else text + "\n") + line + "\n"


def without(text: str, path: Path) -> str:
    """`text` without that variable, which is there."""
    found = _last(text, path)
    assert found is not None
    return text[: found.start()] + text[found.end() + 1 :]


def _last(text: str, path: Path) -> re.Match[str] | None:
    lines = re.finditer(rf"^[ \t]*(?:export[ \t]+)?{re.escape(path[0])}[ \t]*=(?P<value>[^\n]*)$", text, re.MULTILINE)
    return next(reversed(list(lines)), None)
