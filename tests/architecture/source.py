"""The project's files as the rules see them: what is tracked, and each module parsed once."""

import ast
import functools
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("triforce_cli", "triforce_daemon")


@dataclass(frozen=True)
class Module:
    """A Python file: its path below the root, its text, and its tree."""

    path: str
    text: str

    @functools.cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def name(self) -> str:
        """The dotted name under which it is imported."""
        return self.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    @property
    def room(self) -> str:
        """The package and the folder or file directly in it: what a layer is made of."""
        return ".".join(self.name.split(".")[:2])

    @property
    def lines(self) -> int:
        return self.text.count("\n")


@dataclass(frozen=True)
class Import:
    """One import statement's module, and where it stands."""

    target: str
    line: int
    function: str | None
    typing_only: bool


@functools.cache
def modules(folder: str | None = None) -> tuple[Module, ...]:
    """Every Python file of the two packages, or of `folder`."""
    folders = (folder,) if folder else PACKAGES
    paths = sorted(path for name in folders for path in (ROOT / name).rglob("*.py"))
    return tuple(Module(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in paths)


@functools.cache
def tracked() -> tuple[str, ...]:
    """The paths that git tracks, or that it would if they were added; in an unpacked archive, every file."""
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if not _made(path)]
    return tuple(sorted(path for path in set(listed) if path and (ROOT / path).is_file()))


def imports(module: Module) -> Iterator[Import]:
    """Every import of `module`, with the function it stands in and whether only the type checker sees it."""
    yield from _imports(module.tree, None, False)


def _imports(node: ast.AST, function: str | None, typing_only: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, function, typing_only)
        elif isinstance(child, ast.ImportFrom):
            for alias in child.names:
                yield Import(f"{child.module}.{alias.name}", child.lineno, function, typing_only)
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _imports(child, child.name, typing_only)
        elif isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for branch in child.body:
                yield from _imports(ast.Module([branch], []), function, True)
            for branch in child.orelse:
                yield from _imports(ast.Module([branch], []), function, typing_only)
        else:
            yield from _imports(child, function, typing_only)


def _made(path: Path) -> bool:
    made = {".git", ".venv", ".cache", "__pycache__", "dist", "build", ".pytest_cache", ".ruff_cache"}
    return bool(made.intersection(path.relative_to(ROOT).parts)) or not os.path.isfile(path)
