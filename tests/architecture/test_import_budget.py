"""What the command line may load before it answers: its start-up is the user's time."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

TRIFORCE = str(Path(sys.executable).with_name("triforce"))

#: Each would cost more than all the rest together, or has no business in a command that only asks and prints.
TOO_HEAVY = {
    *(
        "aiohttp",
        "asyncio",
        "concurrent.futures",
        "fastapi",
        "httpx",
        "httpx2",
        "keyring",
        "prompt_toolkit",
        "pydantic",
    ),
    *("redis", "rich", "sqlalchemy", "starlette", "textual", "tomlkit", "uvicorn", "xllamacpp"),
}


def loaded(command: list[str], environ: dict[str, str]) -> set[str]:
    """The modules that a command of `triforce` imports; it must succeed."""
    result = subprocess.run(
        [sys.executable, "-X", "importtime", *command], env=environ, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr[-2_000:]
    return set(re.findall(r"^import time: .*\|\s+(\S+)$", result.stderr, re.MULTILINE))


def too_heavy(names: set[str]) -> set[str]:
    return {name for name in names if any(name == heavy or name.startswith(f"{heavy}.") for heavy in TOO_HEAVY)}


@pytest.fixture
def daemon(home: dict[str, str]) -> Iterator[dict[str, str]]:
    """The environment of a daemon that answers."""
    environ = {**home, "TRIFORCE_SOCKET": f"{home['HOME']}/s"}
    command = [sys.executable, "-m", "triforce_daemon", "--socket", environ["TRIFORCE_SOCKET"]]
    with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 30
        while not Path(environ["TRIFORCE_SOCKET"]).exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        yield environ
        process.terminate()


def test_the_version_loads_next_to_nothing(home: dict[str, str]) -> None:
    bare = loaded(["-c", "pass"], home)
    ours = loaded([TRIFORCE, "--version"], home) - bare
    assert ours == {
        "triforce_cli",
        "triforce_cli.__main__",
        "triforce_daemon",
        "triforce_daemon.wire",
        "triforce_daemon.wire.constants",
    }


def test_the_status_loads_nothing_heavy(daemon: dict[str, str]) -> None:
    assert too_heavy(loaded([TRIFORCE, "status", "--json"], daemon)) == set()


@pytest.mark.parametrize("words", [["--help"], ["chat", "--help"], ["sessions", "list", "--help"]])
def test_help_loads_nothing_heavy(home: dict[str, str], words: list[str]) -> None:
    assert too_heavy(loaded([TRIFORCE, *words], home)) == set()


def test_a_violation_is_seen(home: dict[str, str]) -> None:
    assert {"asyncio", "pydantic"} <= too_heavy(loaded(["-c", "import asyncio, pydantic"], home))
