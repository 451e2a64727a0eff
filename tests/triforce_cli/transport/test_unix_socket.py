"""The transport against a real server on a Unix socket that behaves, and one that does not."""

import json
import os
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.triforce_cli.fake_daemon import REQUEST_ID, FakeDaemon
from triforce_cli.errors import (
    DaemonError,
    DaemonNotRunning,
    DaemonWentAway,
    NoPermission,
    ProtocolMismatch,
    SocketPathInvalid,
    TimedOut,
    TriforceCliError,
)
from triforce_cli.transport.unix_socket import SocketTransport

DELTA = {"type": "text.delta", "text": "a"}
DONE = {"type": "done"}


@pytest.fixture
def transport(fake_daemon: FakeDaemon) -> SocketTransport:
    return SocketTransport(fake_daemon.socket, timeout=5)


def test_a_question_is_sent_as_it_was_asked(fake_daemon: FakeDaemon, transport: SocketTransport) -> None:
    fake_daemon.answers("POST", "/v1/x", {"ok": True})
    assert transport.call("POST", "/v1/x", {"a": "ä &", "b": None, "n": 3}, {"text": "日本"}) == {"ok": True}
    [asked] = fake_daemon.asked
    assert asked.query == {"a": "ä &", "n": "3"}
    assert asked.body == {"text": "日本"}
    assert asked.headers["x-triforce-protocol"] == "1"
    assert asked.headers["content-type"] == "application/json"


def test_the_daemons_error_keeps_its_words(fake_daemon: FakeDaemon, transport: SocketTransport) -> None:
    fake_daemon.refuses("GET", "/v1/x", 404, "model_not_found", "There is none.", near=["a/b"], retry_after_ms=5)
    with pytest.raises(DaemonError) as caught:
        transport.call("GET", "/v1/x")
    error = caught.value
    assert (error.code, error.message, error.near, error.exit_status) == (
        "model_not_found",
        "There is none.",
        ["a/b"],
        5,
    )
    assert error.body()["request_id"] == REQUEST_ID
    assert error.body()["retry_after_ms"] == 5


def test_events_come_one_by_one(fake_daemon: FakeDaemon, transport: SocketTransport) -> None:
    fake_daemon.streams("POST", "/v1/x", [b": ping\n\n", DELTA, 0.3, DELTA, DONE])
    begun = time.monotonic()
    with transport.stream("POST", "/v1/x", {}) as events:
        seen = iter(events)
        assert next(seen) == DELTA
        assert time.monotonic() - begun < 0.25
        assert list(seen) == [DELTA, DONE]


def test_closing_a_stream_hangs_up(fake_daemon: FakeDaemon, transport: SocketTransport) -> None:
    fake_daemon.streams("POST", "/v1/x", [DELTA, 5, DONE])
    with transport.stream("POST", "/v1/x", {}) as events:
        next(iter(events))
    deadline = time.monotonic() + 2
    while not fake_daemon.hung_up and time.monotonic() < deadline:
        time.sleep(0.01)
    assert fake_daemon.hung_up == 1


def test_an_error_before_the_stream_is_an_ordinary_error(fake_daemon: FakeDaemon, transport: SocketTransport) -> None:
    fake_daemon.refuses("POST", "/v1/x", 503, "draining")
    with pytest.raises(DaemonError, match="No"):
        transport.stream("POST", "/v1/x", {})


@pytest.mark.parametrize("last", [DELTA, b'data: {"type": "te', b": ping\n\n"])
def test_a_cut_stream_is_no_end(fake_daemon: FakeDaemon, transport: SocketTransport, last: Any) -> None:
    fake_daemon.streams("POST", "/v1/x", [DELTA, last, b""])
    with transport.stream("POST", "/v1/x", {}) as events, pytest.raises(DaemonWentAway, match="went away"):
        list(events)


HEAD = b"HTTP/1.1 200 OK\r\nx-triforce-protocol: 1\r\n"


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", DaemonWentAway),
        (HEAD, DaemonWentAway),
        (HEAD + b"content-length: 50\r\n\r\n{", DaemonWentAway),
        (HEAD + b"transfer-encoding: chunked\r\n\r\n5\r\n{", DaemonWentAway),
        (HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n{", DaemonWentAway),
        (b"SSH-2.0-OpenSSH_9.9\r\n", ProtocolMismatch),
        (b"\x00\xff" * 400, ProtocolMismatch),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", ProtocolMismatch),
        (HEAD + b"content-length: 9\r\n\r\n<html>hi!", ProtocolMismatch),
        (b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 2\r\n\r\nno", ProtocolMismatch),
        (b'HTTP/1.1 404 Nothing\r\ncontent-length: 13\r\n\r\n{"error": "x"}', ProtocolMismatch),
        (b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n", NoPermission),
        (HEAD + b"x: " + b"a" * 70_000 + b"\r\n\r\n", ProtocolMismatch),
    ],
)
def test_garbage_gets_a_sentence(
    fake_daemon: FakeDaemon, transport: SocketTransport, raw: bytes, error: type[Exception]
) -> None:
    fake_daemon.answers("GET", "/v1/x", raw=raw)
    with pytest.raises(error) as caught:
        transport.call("GET", "/v1/x")
    assert isinstance(caught.value, TriforceCliError)
    assert caught.value.hint


@pytest.mark.parametrize("event", [b"data: {\n\n", b"data: []\n\n", b"data: 3\n\n", b"data: {}\n\n", b"data: \xff\n\n"])
def test_an_event_that_is_none(fake_daemon: FakeDaemon, transport: SocketTransport, event: bytes) -> None:
    fake_daemon.streams("POST", "/v1/x", [event, DONE])
    with transport.stream("POST", "/v1/x", {}) as events, pytest.raises(ProtocolMismatch):
        list(events)


def test_json_where_a_stream_was_expected(fake_daemon: FakeDaemon, transport: SocketTransport) -> None:
    fake_daemon.answers("POST", "/v1/x", {})
    with pytest.raises(ProtocolMismatch):
        transport.stream("POST", "/v1/x", {})


def test_another_protocol_is_named(fake_daemon: FakeDaemon, transport: SocketTransport) -> None:
    fake_daemon.answers("GET", "/v1/x", {}, protocol="2")
    with pytest.raises(ProtocolMismatch, match="protocol 2") as caught:
        transport.call("GET", "/v1/x")
    assert "restart" in (caught.value.hint or "")


@pytest.mark.parametrize("pause", ["before", "in the head", "in the body"])
def test_the_time_limit_holds_for_the_question_as_a_whole(home: Path, pause: str) -> None:
    with _dripping(home, pause) as path:
        begun = time.monotonic()
        with pytest.raises(TimedOut):
            SocketTransport(path, timeout=0.3).call("GET", "/v1/x")
        assert 0.25 < time.monotonic() - begun < 0.8


def test_a_stream_keeps_to_the_limit(fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", "/v1/x", [piece for _ in range(30) for piece in (DELTA, 0.05)])
    begun = time.monotonic()
    with SocketTransport(fake_daemon.socket, 0.3).stream("POST", "/v1/x", {}) as events, pytest.raises(TimedOut):
        list(events)
    assert time.monotonic() - begun < 0.8


def test_a_large_body_that_is_refused_early(fake_daemon: FakeDaemon, transport: SocketTransport) -> None:
    refusal = json.dumps({"error": {"code": "payload_too_large", "message": "Too large.", "hint": None}}).encode()
    raw = b"HTTP/1.1 413 Too Large\r\nx-triforce-protocol: 1\r\ncontent-length: %d\r\n\r\n%s" % (len(refusal), refusal)
    fake_daemon.answers("POST", "/v1/x", raw=raw, read_body=False)
    with pytest.raises(DaemonError) as caught:
        transport.call("POST", "/v1/x", body={"text": "x" * 20_000_000})
    assert caught.value.exit_status == 65


def test_nobody_there(home: Path) -> None:
    path = home / "none.sock"
    with pytest.raises(DaemonNotRunning):
        SocketTransport(str(path)).call("GET", "/v1/x")
    path.write_text("a file")
    with pytest.raises(DaemonNotRunning):
        SocketTransport(str(path)).reach()
    with pytest.raises(DaemonNotRunning):
        SocketTransport(str(path / "below.sock")).reach()


def test_a_socket_that_nobody_listens_on(home: Path) -> None:
    path = str(home / "stale.sock")
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(path)
    with pytest.raises(DaemonNotRunning):
        SocketTransport(path).reach()


def test_a_socket_of_another_user(fake_daemon: FakeDaemon, request: pytest.FixtureRequest) -> None:
    os.chmod(fake_daemon.socket, 0)
    request.getfixturevalue("unprivileged")
    with pytest.raises(NoPermission) as caught:
        SocketTransport(fake_daemon.socket).reach()
    assert caught.value.exit_status == 77


@pytest.mark.parametrize("name", ["x" * 108, "ä" * 54])
def test_a_path_that_is_too_long(name: str) -> None:
    with pytest.raises(SocketPathInvalid, match="too long"):
        SocketTransport("/" + name).call("GET", "/v1/x")


def test_a_full_queue_is_waited_for(home: Path) -> None:
    path = str(home / "busy.sock")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as first:
        server.bind(path)
        server.listen(0)
        first.connect(path)
        with pytest.raises(TimedOut):
            SocketTransport(path, timeout=0.1).reach()
        threading.Timer(0.1, lambda: server.accept()[0].close()).start()
        SocketTransport(path, timeout=2).reach()


class _dripping:
    """A server that sends its answer in pieces smaller than any timeout, and never ends."""

    def __init__(self, home: Path, pause: str) -> None:
        self._path = str(home / "slow.sock")
        self._begin = {
            "before": b"",
            "in the head": b"HTTP/1.1 200 OK\r\nx: ",
            "in the body": HEAD + b"content-length: 500\r\n\r\n",
        }[pause]
        self._drips = pause != "before"

    def __enter__(self) -> str:
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(self._path)
        self._server.listen()
        threading.Thread(target=self._serve, daemon=True).start()
        return self._path

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def _serve(self) -> None:
        client, _ = self._server.accept()
        with client:
            try:
                client.sendall(self._begin)
                for _ in range(40):
                    time.sleep(0.05)
                    client.sendall(b"a" if self._drips else b"")
            except OSError:
                return
