"""The process of `listening_process`, and connections to it."""

import http.client
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager


class Server:
    """The process of `listening_process`, and a connection to it."""

    def __init__(self, path: str, drain_seconds: float, loop: str) -> None:
        self.path = path
        words = [sys.executable, "-m", "tests.triforce_daemon.listening_process", path, str(drain_seconds), loop]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self._out = self.process.stdout
        state, port = self._out.readline().split()
        assert state == "ready"
        self.port = int(port)

    def connect(self, tcp: bool = False) -> socket.socket:
        client = socket.socket(socket.AF_INET if tcp else socket.AF_UNIX)
        client.settimeout(10)
        try:
            client.connect(("127.0.0.1", self.port) if tcp else self.path)
        except OSError:
            client.close()
            raise
        return client

    @contextmanager
    def get(self, target: str, tcp: bool = False) -> Generator[http.client.HTTPResponse]:
        """The answer, of which the head has come."""
        connection = http.client.HTTPConnection("triforced")
        connection.sock = self.connect(tcp)
        connection.request("GET", target)
        with connection.getresponse() as answer:
            yield answer
        connection.close()

    def signal(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        status = self.process.wait(10)
        assert self._out.read() == "draining\n"
        return status


@contextmanager
def serving(path: str, drain_seconds: float = 30, loop: str = "uvloop") -> Generator[Server]:
    server = Server(path, drain_seconds, loop)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.communicate()
