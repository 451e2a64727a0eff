"""Every tool says what it does, what it takes and who may call it, in the same form, and is called by a test."""

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, get_type_hints

from typing_extensions import is_typeddict

from tests.architecture.source import ROOT
from triforce_daemon.assemble.tools import CATEGORIES
from triforce_daemon.toolbox.declaration import declaration_of, tool, tools_of
from triforce_daemon.toolbox.signature import Signature

#: The longest first sentence, in characters, and the longest body, in lines: what is longer belongs in `services/`.
LONGEST_SUMMARY = 80
LONGEST_BODY = 25

ToolFunction = Callable[..., Any]


def every_tool() -> list[ToolFunction]:
    return [function for category in CATEGORIES for function in tools_of(category)]


def problems(function: ToolFunction) -> Iterator[str]:
    name, text = function.__name__, inspect.getdoc(function) or ""
    summary = text.partition("\n")[0]
    if not summary.endswith(".") or len(summary) > LONGEST_SUMMARY:
        yield f"{name}: a first sentence of at most {LONGEST_SUMMARY} characters"
    signature = Signature(function)
    hints = get_type_hints(function, include_extras=True)
    for parameter in signature.sent:
        if not any(isinstance(told, str) for told in getattr(hints[parameter], "__metadata__", ())):
            yield f"{name}: the parameter {parameter} is not explained"
    if not is_typeddict(hints.get("return")):
        yield f"{name}: returns a TypedDict"
    body = ast.parse(inspect.cleandoc(inspect.getsource(function))).body[0]
    assert isinstance(body, ast.AsyncFunctionDef)
    last = body.body[-1]
    if (last.end_lineno or 0) - body.body[0].lineno + 1 - text.count("\n") > LONGEST_BODY:
        yield f"{name}: a body of at most {LONGEST_BODY} lines"
    declared = declaration_of(function)
    if declared is None or not declared.keywords:
        yield f"{name}: keywords, by which people look for it"


def uncalled(functions: Iterable[ToolFunction], tests: str) -> list[str]:
    return [function.__name__ for function in functions if f'"{function.__name__}"' not in tests]


def test_every_tool_is_declared_well() -> None:
    assert [problem for function in every_tool() for problem in problems(function)] == []


def test_no_name_is_taken_twice() -> None:
    names = [name for one in every_tool() for name in (one.__name__, *declaration_of(one).formerly)]  # type: ignore[union-attr]
    assert len(names) == len(set(names))


def test_every_tool_is_called_by_a_test() -> None:
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests/triforce_daemon").rglob("test_*.py"))
    assert uncalled(every_tool(), tests) == []


def test_a_tool_that_is_declared_badly_is_seen() -> None:
    @tool(tier="guest", effect="read")
    async def bad(a: int, b: Annotated[int, "b"] = 1) -> list[int]:
        return [a, b]

    assert len(list(problems(bad))) == 4
    assert uncalled([bad], '"good"') == ["bad"]
