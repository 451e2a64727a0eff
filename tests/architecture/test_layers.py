"""Arrows point down, in one list of layers that leaves nothing out."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT

LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-logo"]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*LINT, "--no-cache"], cwd=folder, capture_output=True, text=True)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The two packages and their contracts, to break."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_are_kept() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("path", "line", "broken"),
    [
        ("triforce_daemon/wire/constants.py", "import triforce_daemon.errors", "The layers of the daemon"),
        ("triforce_cli/exit_codes.py", "import triforce_cli.app", "The layers of the command line"),
        ("triforce_daemon/__main__.py", "import triforce_cli.app", "The daemon does not know the command line"),
        ("triforce_daemon/helpers.py", "", "The layers of the daemon"),
    ],
)
def test_a_contract_is_broken(copy: Path, path: str, line: str, broken: str) -> None:
    with (copy / path).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    result = lint(copy)
    assert result.returncode != 0
    assert f"{broken} BROKEN" in result.stdout or "helpers" in result.stdout
