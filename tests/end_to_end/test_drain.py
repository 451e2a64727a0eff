"""SIGTERM with answers under way: nothing new is taken, what is open gets its time, and is told when that is over."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.end_to_end.processes import Daemon, running
from tests.scriptable_upstream.process import RemoteUpstream, run_upstream

OPEN = 50
DRAIN_SECONDS = 2
QUICKLY = ("--set", "builtin.enabled=false", "--set", "providers.ollama.enabled=false")


class Stream(threading.Thread):
    """A chat that is streamed; what comes of it, until its end."""

    def __init__(self, path: str, model: str) -> None:
        super().__init__(daemon=True)
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.settimeout(DRAIN_SECONDS + 20)
        self._connection.connect(path)
        body = json.dumps({"model": model, "stream": True, "messages": [{"role": "user", "content": "x"}]})
        head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
        self._connection.sendall((head + body).encode())
        self.got = b""
        self.begun = threading.Event()
        self.ended_at = 0.0

    def run(self) -> None:
        with self._connection:
            while piece := self._connection.recv(65_536):
                self.got += piece
                if b"data:" in self.got:
                    self.begun.set()
        self.ended_at = time.monotonic()


@contextmanager
def slowly(home: dict[str, str]) -> Iterator[tuple[Daemon, RemoteUpstream, str]]:
    """A daemon whose provider begins to answer and takes minutes."""
    with run_upstream() as upstream:
        played = ("--set", f"providers.played.base_url={upstream.base_url('compatible')}")
        drain = ("--set", f"daemon.drain_seconds={DRAIN_SECONDS}")
        with running(home, *QUICKLY, *played, *drain) as daemon:
            yield daemon, upstream, "played/slow"


def test_fifty_streams_are_told_and_the_daemon_ends_well(home: dict[str, str]) -> None:
    with slowly(home) as (daemon, upstream, model):
        upstream.plan("stall-after=3")
        streams = [Stream(daemon.socket, model) for _ in range(OPEN)]
        for stream in streams:
            stream.start()
        assert all(stream.begun.wait(20) for stream in streams)
        assert daemon.process is not None
        told = time.monotonic()
        daemon.process.terminate()
        while daemon_takes(daemon.socket):
            assert time.monotonic() - told < 0.5, "it still takes connections"
        assert daemon.process.wait(DRAIN_SECONDS + 20) == 0
        for stream in streams:
            stream.join(5)
        lasted = [stream.ended_at - told for stream in streams]
        assert DRAIN_SECONDS - 0.2 < min(lasted) <= max(lasted) < DRAIN_SECONDS + 10
        notices = [stream for stream in streams if b'"draining"' in stream.got]
        assert len(notices) == OPEN
        assert not any(b"[DONE]" in stream.got for stream in streams), "none looks like a success"


def daemon_takes(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(path) == 0
