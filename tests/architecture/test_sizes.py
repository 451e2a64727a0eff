"""Small ordinary files, small ordinary functions."""

import ast
import statistics
from collections.abc import Iterable, Iterator, Mapping

from tests.architecture.source import Module, modules

FILE_LIMIT = 400
FUNCTION_LIMIT = 40

#: Path → lines, for what is over a limit. An entry goes, or its number goes down; none is added.
LONG_FILES: dict[str, int] = {}
#: "path:function" → lines, in the same way.
LONG_FUNCTIONS: dict[str, int] = {}


def file_sizes(modules: Iterable[Module]) -> dict[str, int]:
    return {module.path: module.lines for module in modules if module.text}


def function_sizes(modules: Iterable[Module]) -> dict[str, int]:
    """Lines from `def` to the end, without the docstring. A migration is a list of tables, and is never changed."""
    return {
        f"{module.path}:{name}": size
        for module in modules
        if "/migrations/versions/" not in module.path
        for name, size in _functions(module.tree, "")
    }


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, int]]:
    for child in ast.iter_child_nodes(node):
        name = (
            f"{prefix}{child.name}" if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else ""
        )
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield name, _lines(child)
        yield from _functions(child, f"{name}." if name else prefix)


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def over(sizes: Mapping[str, int], limit: int, exceptions: Mapping[str, int]) -> list[str]:
    """What is over the limit or over its own exception, and exceptions that are needed no more."""
    too_long = [
        f"{name}: {size} lines, at most {exceptions.get(name, limit)}"
        for name, size in sizes.items()
        if size > exceptions.get(name, limit)
    ]
    stale = [
        f"{name}: listed with {listed}, has {sizes.get(name, 0)}"
        for name, listed in exceptions.items()
        if sizes.get(name, 0) < listed
    ]
    return too_long + stale


def test_files_are_small() -> None:
    assert over(file_sizes(modules()), FILE_LIMIT, LONG_FILES) == []


def test_functions_are_small() -> None:
    assert over(function_sizes(modules()), FUNCTION_LIMIT, LONG_FUNCTIONS) == []


def test_the_whole_stays_small(record_property: object) -> None:
    files = sorted(file_sizes(modules()).values())
    functions = sorted(function_sizes(modules()).values())
    report = {
        "files": len(files),
        "median file": statistics.median(files),
        "p90 file": statistics.quantiles(files, n=10)[-1],
        "functions": len(functions),
        "median function": statistics.median(functions),
        "p90 function": statistics.quantiles(functions, n=10)[-1],
    }
    assert callable(record_property)
    for name, value in report.items():
        record_property(name, value)
    assert report["median file"] <= 120, report
    assert report["p90 file"] <= 300, report
    assert report["median function"] <= 10, report


def test_violations_are_seen() -> None:
    long_file = Module("a.py", "x = 1\n" * (FILE_LIMIT + 1))
    long_function = Module("a.py", "class A:\n    def f(self):\n" + "        x = 1\n" * FUNCTION_LIMIT)
    assert over(file_sizes([long_file]), FILE_LIMIT, {})
    assert over(file_sizes([long_file]), FILE_LIMIT, {"a.py": FILE_LIMIT + 2}), "an exception must shrink with its file"
    assert not over(file_sizes([long_file]), FILE_LIMIT, {"a.py": FILE_LIMIT + 1})
    assert over(function_sizes([long_function]), FUNCTION_LIMIT, {}) == ["a.py:A.f: 41 lines, at most 40"]


def test_a_docstring_does_not_count() -> None:
    module = Module("a.py", 'def f():\n    """One.\n\n    Two.\n    """\n    return 1\n')
    assert function_sizes([module]) == {"a.py:f": 2}
