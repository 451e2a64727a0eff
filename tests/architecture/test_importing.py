"""Importing defines and does nothing else: no socket, process, thread or written file. `assemble` acts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, modules


def work_of(folder: Path, *names: str) -> list[tuple[str, str]]:
    """What importing these modules in a fresh interpreter does: (event, arguments)."""
    program = str(Path(__file__).with_name("watch_imports.py"))
    result = subprocess.run([sys.executable, "-I", program, str(folder), *names], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return [(event, arguments) for event, arguments in json.loads(result.stdout)]


def importable(package: str) -> list[str]:
    """Every module but the script that only Alembic runs."""
    return [module.name for module in modules(package) if not module.path.endswith("/migrations/env.py")]


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_does_no_work(package: str) -> None:
    assert work_of(ROOT, *importable(package)) == []


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.close()", "socket.bind"),
        ("import socket; socket.getaddrinfo('localhost', 1)", "socket.getaddrinfo"),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
        ("import os; os.mkdir(__file__ + '.d')", "os.mkdir"),
        ("open(__file__ + '.txt', 'w').close()", "open"),
        ("import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()", "thread"),
    ],
)
def test_work_is_seen(tmp_path: Path, line: str, event: str) -> None:
    (tmp_path / "noisy.py").write_text(line, encoding="utf-8")
    assert event in {seen for seen, _ in work_of(tmp_path, "noisy")}
