"""The program itself: what it loads, and that nothing it does ends in a traceback."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping

import pytest

from tests.triforce_cli.conftest import SCRIPT, Spawn
from tests.triforce_cli.fake_daemon import FakeDaemon

#: What `triforce status --json` must never load: each costs more than all that it needs.
HEAVY = ("httpx", "textual", "keyring", "redis", "fastapi", "pydantic", "asyncio", "rich", "prompt_toolkit", "tomllib")

LOADED = """
import os, sys
sys.argv[1:] = {argv!r}
leave = os._exit
os._exit = lambda status: (print(*sorted(sys.modules), file=sys.stderr), sys.stderr.flush(), leave(status))
from triforce_cli.__main__ import main
main()
"""


def loaded_by(argv: list[str], environ: Mapping[str, str]) -> set[str]:
    script = LOADED.format(argv=argv)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environ, check=True)
    return {name.partition(".")[0] for name in done.stderr.split()}


def test_the_import_budget_of_status(fake_daemon: FakeDaemon, environ: Mapping[str, str]) -> None:
    loaded = loaded_by(["status", "--json"], environ)
    assert "typer" in loaded, "the list is the real one"
    assert loaded.isdisjoint(HEAVY)


def test_the_version_loads_nothing(environ: Mapping[str, str]) -> None:
    assert loaded_by(["--version"], environ).isdisjoint((*HEAVY, "typer", "json", "socket", "re", "enum"))


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version(spawn: Spawn, flag: str) -> None:
    done = spawn(flag)
    assert (done.status, done.out, done.err) == (0, "triforce 0.1.0\n", "")


@pytest.mark.parametrize("argv", [["--version"], ["status"], ["--help"], ["sessions", "list", "--json"], []])
def test_a_reader_that_goes_away(fake_daemon: FakeDaemon, environ: Mapping[str, str], argv: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    with subprocess.Popen([SCRIPT, *argv], stdout=write, stderr=subprocess.PIPE, env=environ) as process:
        os.close(write)
        assert process.stderr
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize("argv", ["--version", "status", "--help", "status --json", "bogus", ""])
def test_closed_streams(fake_daemon: FakeDaemon, environ: Mapping[str, str], argv: str) -> None:
    for closed in (">&-", "2>&-", "<&- >&- 2>&-"):
        done = subprocess.run(
            ["sh", "-c", f"{SCRIPT} {argv} {closed}"], capture_output=True, env=environ, check=False, timeout=10
        )
        assert done.returncode == (2 if argv == "bogus" else 0)
        assert b"Traceback" not in done.stderr + done.stdout


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize("argv", ["--version", "status", "--help"])
def test_a_full_disk(fake_daemon: FakeDaemon, environ: Mapping[str, str], argv: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f"{SCRIPT} {argv} > /dev/full"], capture_output=True, text=True, env=environ, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("moment", [0.0, 0.02, 0.05, 0.3])
def test_ctrl_c(fake_daemon: FakeDaemon, environ: Mapping[str, str], moment: float) -> None:
    fake_daemon.answers("GET", "/v1/status", {}, pause=20)
    with subprocess.Popen([SCRIPT, "status"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ) as process:
        if moment:
            deadline = time.monotonic() + 10
            while not (moment < 0.1 or fake_daemon.asked) and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(moment)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    # Before the first line of Python has run, nobody is there to catch it.
    assert process.returncode in ((130,) if moment > 0.1 else (130, -signal.SIGINT, 1))
    if moment > 0.1:
        assert err == b""


@pytest.mark.parametrize("locale", ["C", "POSIX", "de_DE.ISO-8859-1", "nonsense"])
def test_any_locale(fake_daemon: FakeDaemon, spawn: Spawn, locale: str) -> None:
    for argv in (["sessions", "list"], ["sessions", "list", "--json"], ["sessions", "show", "k3v"]):
        done = spawn(*argv, LC_ALL=locale, LANG=locale, PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
        assert (done.status, done.err) == (0, "")


def test_arguments_that_are_no_text(fake_daemon: FakeDaemon, environ: Mapping[str, str]) -> None:
    done = subprocess.run(
        [os.fsencode(SCRIPT), b"sessions", b"show", b"\xff\xfe"], capture_output=True, env=environ, check=False
    )
    assert done.returncode == 5
    assert b"Traceback" not in done.stderr
