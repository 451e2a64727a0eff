"""The real programs, as processes: a daemon on a socket of its own, and the command line that talks to it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.end_to_end.warm_process import DAEMON, WarmProcess
from triforce_daemon.wire.paths import own_socket

TRIFORCE = os.path.join(os.path.dirname(sys.executable), "triforce")


class SocketConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float = 30) -> None:
        super().__init__("triforced", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Daemon:
    """`triforced` with the home of `environ`, started warm; another module that runs it starts cold."""

    def __init__(self, environ: Mapping[str, str], *flags: str, module: str = DAEMON) -> None:
        self._module = module
        self.environ = dict(environ)
        self.socket = own_socket(self.environ)
        self._flags = flags
        self._log = os.path.join(self.environ["HOME"], "daemon.log")
        self.process: subprocess.Popen[bytes] | WarmProcess | None = None

    def start(self, seconds: float = 20) -> "Daemon":
        self.process = self._process(["run", *self._flags])
        deadline = time.monotonic() + seconds
        while not self.answers():
            assert self.process.poll() is None, f"triforced ended with {self.process.returncode}:\n{self.words()}"
            assert time.monotonic() < deadline, f"triforced does not answer:\n{self.words()}"
            time.sleep(0.02)
        return self

    def _process(self, words: list[str]) -> subprocess.Popen[bytes] | WarmProcess:
        if self._module == DAEMON:
            return WarmProcess(words, self.environ, self._log)
        with open(self._log, "ab") as log:
            command = [sys.executable, "-m", self._module, *words]
            return subprocess.Popen(command, env=self.environ, stderr=log, stdin=subprocess.DEVNULL)

    def answers(self) -> bool:
        try:
            return self.call("GET", "/v1/health")[0] == 200
        except (ConnectionError, FileNotFoundError):
            return False

    def call(self, method: str, path: str, body: object = None) -> tuple[int, dict]:
        connection = SocketConnection(self.socket)
        try:
            payload = None if body is None else json.dumps(body)
            connection.request(method, path, payload, {"content-type": "application/json"})
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())
        finally:
            connection.close()

    def turn(self, text: str, session: str = "new", **more: object) -> Iterator[dict]:
        """The events of a turn as they come; ends when the connection does, however that is."""
        connection = SocketConnection(self.socket)
        try:
            body = json.dumps({"input": text, **more})
            connection.request("POST", f"/v1/sessions/{session}/turns", body)
            reply = connection.getresponse()
            assert reply.status == 200, reply.read()
            while line := reply.readline():
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])
        except (ConnectionError, http.client.HTTPException):
            return
        finally:
            connection.close()

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds: float = 20) -> int:
        """SIGTERM; returns the exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(seconds)

    def words(self) -> str:
        with open(self._log, encoding="utf-8") as log:
            return log.read()


@contextmanager
def running(environ: Mapping[str, str], *flags: str, module: str = "triforce_daemon") -> Iterator[Daemon]:
    daemon = Daemon(environ, *flags, module=module).start()
    try:
        yield daemon
    finally:
        daemon.stop()


def triforce(
    environ: Mapping[str, str], *words: str, stdin: bytes | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line, as a script would: no terminal."""
    return subprocess.run(
        [TRIFORCE, *words],
        env=dict(environ),
        input=stdin if stdin is not None else b"",
        capture_output=True,
        timeout=timeout,
        check=False,
    )
