"""The tests mirror the packages: a module's test has its path and its name."""

import ast
from collections.abc import Iterable
from pathlib import PurePosixPath

from tests.architecture.source import PACKAGES, Module, modules

#: From this many statements inside functions on, a module has a test file of its own.
OF_SIZE = 8

#: Modules whose test stands elsewhere, with the place. The list only shrinks.
TESTED_ELSEWHERE: dict[str, str] = {}


def statements(module: Module) -> int:
    """How many statements run when the module's functions run."""
    functions = [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return sum(
        isinstance(node, ast.stmt) for function in functions for body in function.body for node in ast.walk(body)
    )


def test_path(module_path: str) -> str:
    """Where the tests of a module stand: triforce_cli/output/paint.py → tests/triforce_cli/output/test_paint.py."""
    path = PurePosixPath(module_path)
    return str("tests" / path.with_name(f"test_{path.stem.strip('_')}.py"))


test_path.__test__ = False  # pyright: ignore[reportFunctionMemberAccess]


def untested(modules: Iterable[Module], tests: set[str]) -> list[str]:
    """Modules of size without a test file. `test_x_when_y.py` beside it counts for `x` as well."""

    def tested(path: str) -> bool:
        stem = test_path(path).removesuffix(".py")
        return any(test == f"{stem}.py" or test.startswith(f"{stem}_") for test in tests)

    return [module.path for module in modules if statements(module) >= OF_SIZE and not tested(module.path)]


def orphans(modules: Iterable[Module], tests: set[str]) -> list[str]:
    """Test files that mirror nothing: their module is gone, or they are misnamed."""
    stems = {test_path(module.path).removesuffix(".py") for module in modules}
    mirroring = (test for test in tests if test.split("/")[1] in PACKAGES and "/test_" in test)
    return sorted(
        test for test in mirroring if not any(test == f"{stem}.py" or test.startswith(f"{stem}_") for stem in stems)
    )


def tests() -> set[str]:
    return {module.path for module in modules("tests")}


tests.__test__ = False  # pyright: ignore[reportFunctionMemberAccess]


def test_every_module_of_size_has_a_test() -> None:
    missing = set(untested(modules(), tests()))
    assert missing - set(TESTED_ELSEWHERE) == set(), "write the test file that mirrors it"
    assert set(TESTED_ELSEWHERE) - missing == set(), "an exception that is needed no more leaves the list"
    assert set(TESTED_ELSEWHERE.values()) <= tests(), "the place that an exception names exists"


def test_every_test_mirrors_a_module() -> None:
    assert orphans(modules(), tests()) == []


def test_violations_are_seen() -> None:
    big = Module("triforce_cli/output/paint.py", "def f():\n" + "    x = 1\n" * OF_SIZE)
    small = Module("triforce_cli/output/words.py", "def f():\n    return 1\n")
    assert untested([big, small], set()) == ["triforce_cli/output/paint.py"]
    assert untested([big], {"tests/triforce_cli/output/test_paint.py"}) == []
    assert untested([big], {"tests/triforce_cli/output/test_paint_colours.py"}) == []
    assert orphans([big], {"tests/triforce_cli/test_paint.py"}) == ["tests/triforce_cli/test_paint.py"]
