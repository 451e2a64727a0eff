"""A home of its own for each test, a stand-in for the daemon, and the real `triforce` as a process."""

import os
import pty
import shutil
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from tests.triforce_cli.fake_daemon import FakeDaemon
from triforce_cli.app.outcome import run
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import TriforceCliError
from triforce_cli.launcher import wait_for_end

SCRIPT = Path(sys.executable).with_name("triforce")


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty folder with a short path: the address of a Unix socket has 107 bytes."""
    path = Path(tempfile.mkdtemp(prefix="tf"))
    yield path
    left = [stopped for socket in path.rglob("*.sock") if (stopped := _stopped(str(socket)))]
    shutil.rmtree(path)
    assert not left, "a test that starts a daemon stops it"


def _stopped(socket: str) -> int | None:
    """Stop the daemon that still listens there; its process id."""
    try:
        pid = DaemonClient.at(socket, 5).stop()["pid"]
    except TriforceCliError:
        return None
    wait_for_end(pid, 10)
    return pid


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    """The environment of a user who has nothing yet."""
    return {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm-256color"}


@pytest.fixture
def fake_daemon(home: Path) -> Iterator[FakeDaemon]:
    """A daemon's stand-in on the socket where `triforce` looks with that environment."""
    with FakeDaemon(str(home / ".local/state/triforce/run/triforced.sock")) as daemon:
        yield daemon


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """Be an ordinary user for a while: root may open what nobody else may."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65_534)
    yield
    os.seteuid(user)


@dataclass
class Outcome:
    """How a run of `triforce` ended."""

    status: int
    out: str
    err: str


class Triforce(Protocol):
    def __call__(self, *argv: str, **environ: str) -> Outcome: ...


@pytest.fixture
def triforce(environ: Mapping[str, str], capsys: pytest.CaptureFixture[str]) -> Triforce:
    """Run `triforce ARGV…` in this process; words become additions to the environment."""

    def triforce(*argv: str, **more: str) -> Outcome:
        capsys.readouterr()
        status = run(list(argv), {**environ, **more})
        out, err = capsys.readouterr()
        return Outcome(status, out, err)

    return triforce


class OnTerminal(Protocol):
    def __call__(
        self, *argv: str, typed: str = "", columns: int = 80, rows: int = 24, environ: Mapping[str, str] = ...
    ) -> Outcome: ...


@pytest.fixture
def on_terminal(environ: Mapping[str, str]) -> OnTerminal:
    """Run the installed `triforce` on a terminal; `out` is all that came there, of both streams."""
    home = environ

    def on_terminal(
        *argv: str, typed: str = "", columns: int = 80, rows: int = 24, environ: Mapping[str, str] = home
    ) -> Outcome:
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (rows, columns))
        process = subprocess.Popen(
            [str(SCRIPT), *argv], stdin=theirs, stdout=theirs, stderr=theirs, env={**home, **environ}
        )
        os.close(theirs)
        os.write(ours, typed.encode())
        shown = b"".join(iter(lambda: _read(ours), b""))
        os.close(ours)
        return Outcome(process.wait(10), shown.decode().replace("\r\n", "\n"), "")

    return on_terminal


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:
        # So Linux says that nobody holds the other end any more.
        return b""


class Spawn(Protocol):
    def __call__(self, *argv: str, stdin: str = "", **environ: str) -> Outcome: ...


@pytest.fixture
def spawn(environ: Mapping[str, str]) -> Spawn:
    """Run the installed `triforce` as a process of its own."""

    def spawn(*argv: str, stdin: str = "", **more: str) -> Outcome:
        done = subprocess.run(
            [str(SCRIPT), *argv],
            input=stdin.encode(),
            capture_output=True,
            env={**environ, **more},
            timeout=30,
            check=False,
        )
        return Outcome(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))

    return spawn
