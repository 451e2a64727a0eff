"""Bodies that are made to hurt, at every listener of the real daemon: refused at once, for little work and room."""

import shutil
import socket
import ssl
import tempfile
from collections.abc import Iterator
from itertools import repeat

import psutil
import pytest

from tests.end_to_end.processes import Daemon, running
from tests.triforce_daemon.pairs import make_pair, trusting
from tests.triforce_daemon.routes.test_json_body import TRAPS, trap

ON = ("--set", "builtin.enabled=false", "--set", "http.enabled=true", "--set", "http.port=0")
SECURE = ("--set", "https.enabled=true", "--set", "https.port=0", "--set", "https.host=127.0.0.1")
LISTENERS = ("socket", "http", "https")
#: Of a processor's time for each, where nothing else runs; and of memory for all of them.
SECONDS, MIB = 0.1, 50


class Bench:
    """The daemon, the ways to it, and a token."""

    def __init__(self, daemon: Daemon, context: ssl.SSLContext) -> None:
        assert daemon.process is not None
        self.process = psutil.Process(daemon.process.pid)
        self._socket = daemon.socket
        self._context = context
        _, status = daemon.call("GET", "/v1/status")
        ports = {one.partition(":")[0]: int(one.rpartition(":")[2]) for one in status["daemon"]["listen"]}
        self.ports: dict[str, int] = ports
        self.token: str = daemon.call("POST", "/v1/tokens", {"name": "t"})[1]["token"]

    def connect(self, listener: str) -> socket.socket:
        if listener == "socket":
            way = socket.socket(socket.AF_UNIX)
            way.settimeout(20)
            way.connect(self._socket)
            return way
        plain = socket.create_connection(("127.0.0.1", self.ports[listener]), timeout=20)
        return plain if listener == "http" else self._context.wrap_socket(plain, server_hostname="localhost")

    def head(self, listener: str, *headers: str) -> bytes:
        host = f"127.0.0.1:{self.ports.get(listener, 0)}"
        lines = ["POST /v1/chat/completions HTTP/1.1", f"host: {host}", f"authorization: Bearer {self.token}", *headers]
        return "\r\n".join([*lines, "", ""]).encode()

    def status(self, listener: str, head: bytes, pieces: Iterator[bytes]) -> int:
        """What is answered."""
        with self.connect(listener) as way:
            way.sendall(head)
            try:
                for piece in pieces:
                    way.sendall(piece)
            except ConnectionError:
                pass
            got = b""
            while b"\r\n" not in got and (more := way.recv(4_096)):
                got += more
            return int(got.split()[1])


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    folder = tempfile.mkdtemp(prefix="tf-")
    made = make_pair(folder)
    environ = {"HOME": folder, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    with running(environ, *ON, *SECURE) as daemon:
        yield Bench(daemon, trusting(str(made["certificate"])))
    shutil.rmtree(folder)


def endless() -> Iterator[bytes]:
    """Chunks without an end; a little more of them than are taken, so that the answer is not lost behind the rest."""
    return repeat(b"10000\r\n" + b"x" * 65_536 + b"\r\n", 260)


@pytest.mark.parametrize("listener", LISTENERS)
@pytest.mark.timeout(120)
def test_they_are_refused_at_every_door(bench: Bench, listener: str) -> None:
    wanted = {name: status for name, (_, status) in TRAPS.items() if name != "nothing"}
    harmless = b'{"model":"no/such","messages":[{"role":"user","content":"x"}]}'
    sized = f"content-length: {len(harmless)}"
    assert bench.status(listener, bench.head(listener, sized), iter([harmless])) == 404
    before = bench.process.memory_info().rss
    found: dict[str, int] = {}
    for name in wanted:
        body = trap(name)
        found[name] = bench.status(listener, bench.head(listener, f"content-length: {len(body)}"), iter([body]))
    assert found == wanted
    for coding in ("gzip", "br", "deflate, gzip"):
        headers = ("content-length: 4", f"content-encoding: {coding}")
        assert bench.status(listener, bench.head(listener, *headers), iter([b"\x1f\x8b\x08\x00"])) == 415
    assert bench.status(listener, bench.head(listener, "content-length: 1000000000"), iter(())) == 413
    assert bench.status(listener, bench.head(listener, "transfer-encoding: chunked"), endless()) == 413
    assert (bench.process.memory_info().rss - before) / 2**20 < MIB


@pytest.mark.parametrize("listener", LISTENERS)
def test_each_is_refused_in_little_time(bench: Bench, listener: str) -> None:
    slow: dict[str, float] = {}
    for name in ("deep lists", "deep objects", "many names", "a long number", "a name twice", "twice among many names"):
        body = trap(name)
        head = bench.head(listener, f"content-length: {len(body)}")
        took = min(_spent(bench, listener, head, body) for _ in range(2))
        if took > 3 * SECONDS:
            slow[name] = took
    assert slow == {}


def _spent(bench: Bench, listener: str, head: bytes, body: bytes) -> float:
    """The processor's time that the daemon needed."""
    before = sum(bench.process.cpu_times()[:2])
    bench.status(listener, head, iter([body]))
    return sum(bench.process.cpu_times()[:2]) - before
