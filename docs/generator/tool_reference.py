"""docs/reference/tools.md: every tool with what it does, takes and needs; and how many there are, in the README."""

import inspect
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any, cast

from docs.generator.markdown import page, table
from triforce_daemon.assemble.tools import CATEGORIES
from triforce_daemon.toolbox.declaration import Declaration, ToolFunction, declaration_of, tools_of
from triforce_daemon.toolbox.entry import category_of
from triforce_daemon.toolbox.signature import signature_of

INTRODUCTION = """\
The daemon has {count} tools, which people, programs and models call alike; which of them work on a machine, and why the
others do not, says `triforce tools list --all`. What a star follows has to be sent. How tools are called, agreed to and
taken back: [tools](../tools.md)."""

#: What each effect means to whoever allows a call.
_EFFECTS = {"read": "reads", "write": "writes", "destroy": "may destroy", "exec": "runs code"}
_MARKED = re.compile(r"(<!-- tools -->)\d*(<!-- -->)")


def text() -> str:
    return page("Tools", _parts())


def counted(readme: str) -> str:
    """The README, with the number of tools where it is marked. Raises ValueError where nothing is."""
    if not _MARKED.search(readme):
        raise ValueError("the README does not say how many tools there are: <!-- tools -->0<!-- -->")
    return _MARKED.sub(rf"\g<1>{len(_tools())}\g<2>", readme)


def _tools() -> list[ToolFunction]:
    return [function for category in CATEGORIES for function in tools_of(category)]


def _parts() -> Iterator[str]:
    functions = _tools()
    yield INTRODUCTION.format(count=len(functions))
    # One category may stand in several files that are not beside each other.
    order = list(dict.fromkeys(map(category_of, functions)))
    functions.sort(key=lambda function: order.index(category_of(function)))
    for category, members in groupby(functions, category_of):
        rows = [_row(function) for function in members]
        yield f"## {category} ({len(rows)})"
        yield table(("tool", "what it does", "takes", "who may", "effect"), rows)


def _row(function: ToolFunction) -> tuple[str, ...]:
    declared = declaration_of(function)
    assert declared is not None
    summary = (inspect.getdoc(function) or "").partition("\n")[0]
    return f"`{function.__name__}`", summary, _parameters(function), _who(declared), _effect(declared)


def _who(declared: Declaration) -> str:
    if declared.tier == "admin":
        return "the owner" if declared.owners else "admins"
    return f"from {declared.tier}; `{declared.scope}`"


def _effect(declared: Declaration) -> str:
    return _EFFECTS[declared.effect] + (", needs approval" if declared.approval else "")


def _parameters(function: ToolFunction) -> str:
    schema = signature_of(function).input_schema()
    required = schema.get("required", [])
    properties = cast("dict[str, dict[str, Any]]", schema["properties"])
    return "<br>".join(
        f"`{name}`{'*' if name in required else ''} {_described(about)}" for name, about in properties.items()
    )


def _described(about: dict[str, Any]) -> str:
    """What it is, and what it is where nobody says."""
    default = about.get("default")
    told = about.get("description", "")
    return told if default in (None, "", [], {}) else f"{told} ({default})"
