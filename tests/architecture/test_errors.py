"""Each error has its class in one of the two files, a line in the tree that is drawn there, and an exit status."""

import ast
import inspect
import re
from collections.abc import Iterable
from types import ModuleType

import pytest

from docs.generator.error_reference import below
from tests.architecture.source import Module, modules
from triforce_cli import errors as of_the_command_line
from triforce_cli.exit_codes import is_known
from triforce_daemon import errors as of_the_daemon
from triforce_daemon import startup_errors as of_its_start

FILES = (
    "triforce_cli/errors.py",
    "triforce_daemon/errors.py",
    "triforce_daemon/limit_errors.py",
    "triforce_daemon/turn_errors.py",
    "triforce_daemon/web_errors.py",
    "triforce_daemon/caller_errors.py",
    "triforce_daemon/source_errors.py",
    "triforce_daemon/readable_error.py",
    "triforce_daemon/startup_errors.py",
)
ROOTS = {
    of_the_daemon: of_the_daemon.TriforceError,
    of_its_start: of_the_daemon.ConfigurationInvalid,
    of_the_command_line: of_the_command_line.TriforceCliError,
}


def strays(modules: Iterable[Module]) -> list[str]:
    """Classes with an error code of their own outside the files of errors."""
    return [
        f"{module.path}: {node.name}"
        for module in modules
        if module.path not in FILES
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and any(_names_a_code(line) for line in node.body)
    ]


def _names_a_code(line: ast.stmt) -> bool:
    if isinstance(line, ast.Assign):
        targets = line.targets
    else:
        # A name with a type and no value is a field of something else.
        targets = [line.target] if isinstance(line, ast.AnnAssign) and line.value else []
    return any(isinstance(name, ast.Name) and name.id == "code" for target in targets for name in ast.walk(target))


def drawn(module: ModuleType) -> list[str]:
    """The names in the tree at the top of an errors file, from top to bottom, without its root."""
    return re.findall(r"[├└]── (\w+)", module.__doc__ or "")


def test_codes_are_given_in_the_two_files() -> None:
    assert strays(modules()) == []


@pytest.mark.parametrize("module", ROOTS, ids=lambda module: module.__name__)
def test_the_tree_is_drawn_as_it_is(module: ModuleType) -> None:
    own = (error for error in below(ROOTS[module]) if hasattr(module, error.__name__))
    assert drawn(module) == [error.__name__ for error in own]


@pytest.mark.parametrize("module", ROOTS, ids=lambda module: module.__name__)
def test_each_says_when_it_happens(module: ModuleType) -> None:
    assert [error.__name__ for error in below(ROOTS[module]) if not vars(error).get("__doc__")] == []


def test_each_code_has_an_exit_status() -> None:
    codes = {error.code for root in ROOTS.values() for error in below(root) if "code" in vars(error)}
    assert {code for code in codes if not is_known(code)} == set()


@pytest.mark.parametrize("line", ["code = 'x'", "code, status = 'x', 400", "code: str = 'x'"])
def test_a_stray_is_seen(line: str) -> None:
    assert strays([Module("triforce_daemon/services/x.py", f"class Odd(Exception):\n    {line}\n")])
    assert not strays([Module(FILES[0], f"class Odd(Exception):\n    {line}\n")])


def test_a_tree_is_read() -> None:
    drawing = "Errors.\n\nRoot\n├── A   a\n│   └── B   b\n└── C\n"
    module = ModuleType("m", inspect.cleandoc(drawing))
    assert drawn(module) == ["A", "B", "C"]
