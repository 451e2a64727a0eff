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
    """How many statements run when the module's functions run. A migration's test is the database."""
    if "/migrations/versions/" in module.path:
        return 0
    functions = [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return sum(_runs(node) for function in functions for body in function.body for node in ast.walk(body))


def _runs(node: ast.AST) -> bool:
    """Whether it does something: docstrings and the dots of a protocol do not."""
    return isinstance(node, ast.stmt) and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def mirror_of(path: str) -> str:
    """Where the tests of a module stand: triforce_cli/output/paint.py → tests/triforce_cli/output/test_paint.py."""
    module = PurePosixPath(path)
    return str("tests" / module.with_name(f"test_{module.stem.strip('_')}.py"))


def untested(modules: Iterable[Module], tests: set[str]) -> list[str]:
    """Modules of size without a test file. `test_x_when_y.py` beside it counts for `x` as well."""

    def tested(path: str) -> bool:
        stem = mirror_of(path).removesuffix(".py")
        return any(test == f"{stem}.py" or test.startswith(f"{stem}_") for test in tests)

    return [module.path for module in modules if statements(module) >= OF_SIZE and not tested(module.path)]


def orphans(modules: Iterable[Module], tests: set[str]) -> list[str]:
    """Test files that mirror nothing: their module is gone, or they are misnamed."""
    stems = {mirror_of(module.path).removesuffix(".py") for module in modules}
    mirroring = (test for test in tests if test.split("/")[1] in PACKAGES and "/test_" in test)
    return sorted(
        test for test in mirroring if not any(test == f"{stem}.py" or test.startswith(f"{stem}_") for stem in stems)
    )


def present() -> set[str]:
    return {module.path for module in modules("tests")}


def test_every_module_of_size_has_a_test() -> None:
    missing = set(untested(modules(), present()))
    assert missing - set(TESTED_ELSEWHERE) == set(), "write the test file that mirrors it"
    assert set(TESTED_ELSEWHERE) - missing == set(), "an exception that is needed no more leaves the list"
    assert set(TESTED_ELSEWHERE.values()) <= present(), "the place that an exception names exists"


def test_every_test_mirrors_a_module() -> None:
    assert orphans(modules(), present()) == []


def test_violations_are_seen() -> None:
    big = Module("triforce_cli/output/paint.py", "def f():\n" + "    x = 1\n" * OF_SIZE)
    small = Module("triforce_cli/output/words.py", "def f():\n    return 1\n")
    assert untested([big, small], set()) == ["triforce_cli/output/paint.py"]
    assert untested([big], {"tests/triforce_cli/output/test_paint.py"}) == []
    assert untested([big], {"tests/triforce_cli/output/test_paint_colours.py"}) == []
    assert orphans([big], {"tests/triforce_cli/test_paint.py"}) == ["tests/triforce_cli/test_paint.py"]
