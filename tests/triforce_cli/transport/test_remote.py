"""Asking a daemon by TLS: the same answers as by its socket, and nothing said to anybody else."""

import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.tls_door import Pair, TlsDoor, free_port
from triforce_cli.errors import (
    CertificateChanged,
    CertificateRejected,
    DaemonError,
    DaemonUnreachable,
    DaemonWentAway,
    IssuerUnknown,
    NoPermission,
    ProtocolMismatch,
    TimedOut,
    TriforceCliError,
)
from triforce_cli.remotes.credential import Given, Nobody
from triforce_cli.transport.remote import RemoteTransport
from triforce_cli.transport.trust import Remote, Trust

DELTA = {"type": "text.delta", "text": "a"}
DONE = {"type": "done"}


@pytest.fixture
def door(fake_daemon: FakeDaemon, home: Path) -> Iterator[TlsDoor]:
    with TlsDoor(fake_daemon.socket, Pair(home)) as door:
        yield door


def pinned(door: TlsDoor, timeout: float | None = 5, token: str | None = "tf_x", **environ: str) -> RemoteTransport:
    assert door.pair is not None
    remote = Remote("prod", door.url, Trust(fingerprint=door.pair.fingerprint))
    return RemoteTransport(remote, Nobody() if token is None else Given(token), environ, timeout)


def by_issuer(door: TlsDoor, ca: str | None, url: str | None = None) -> RemoteTransport:
    return RemoteTransport(Remote("prod", url or door.url, Trust(ca=ca)), Given("tf_x"), {}, 5)


def test_a_question_is_sent_as_it_was_asked_with_the_token(fake_daemon: FakeDaemon, door: TlsDoor) -> None:
    fake_daemon.answers("POST", "/v1/x", {"ok": True})
    assert pinned(door).call("POST", "/v1/x", {"a": "ä &", "b": None}, {"text": "日本"}) == {"ok": True}
    [asked] = fake_daemon.asked
    assert (asked.query, asked.body) == ({"a": "ä &"}, {"text": "日本"})
    assert asked.headers["authorization"] == "Bearer tf_x"
    assert asked.headers["x-triforce-protocol"] == "1"
    pinned(door, token=None).call("POST", "/v1/x")
    assert "authorization" not in fake_daemon.asked[-1].headers


def test_events_come_one_by_one_and_closing_hangs_up(fake_daemon: FakeDaemon, door: TlsDoor) -> None:
    fake_daemon.streams("POST", "/v1/x", [b": ping\n\n", DELTA, 0.3, DELTA, DONE])
    begun = time.monotonic()
    with pinned(door).stream("POST", "/v1/x", {}) as events:
        seen = iter(events)
        assert next(seen) == DELTA
        assert time.monotonic() - begun < 0.28
        assert list(seen) == [DELTA, DONE]
    fake_daemon.streams("POST", "/v1/y", [DELTA, 5, DONE])
    with pinned(door).stream("POST", "/v1/y", {}) as events:
        next(iter(events))
    deadline = time.monotonic() + 2
    while not fake_daemon.hung_up and time.monotonic() < deadline:
        time.sleep(0.01)
    assert fake_daemon.hung_up == 1


@pytest.mark.parametrize("last", [DELTA, b'data: {"type": "te'])
def test_a_cut_stream_is_no_end(fake_daemon: FakeDaemon, door: TlsDoor, last: Any) -> None:
    fake_daemon.streams("POST", "/v1/x", [DELTA, last, b""])
    with pinned(door).stream("POST", "/v1/x", {}) as events, pytest.raises(DaemonWentAway):
        list(events)


@pytest.mark.parametrize("events", [[piece for _ in range(30) for piece in (DELTA, 0.05)], [DELTA, 5, DONE]])
def test_a_stream_keeps_to_the_limit(fake_daemon: FakeDaemon, door: TlsDoor, events: list[Any]) -> None:
    fake_daemon.streams("POST", "/v1/x", events)
    begun = time.monotonic()
    with pinned(door, 0.4).stream("POST", "/v1/x", {}) as stream, pytest.raises(TimedOut):
        list(stream)
    assert time.monotonic() - begun < 0.9


def test_an_answer_that_does_not_come(fake_daemon: FakeDaemon, door: TlsDoor) -> None:
    fake_daemon.answers("GET", "/v1/x", {}, pause=1)
    with pytest.raises(TimedOut) as caught:
        pinned(door, 0.2).call("GET", "/v1/x")
    assert caught.value.exit_status == 124


HEAD = b"HTTP/1.1 200 OK\r\nx-triforce-protocol: 1\r\n"


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", DaemonWentAway),
        (HEAD + b"content-length: 50\r\n\r\n{", DaemonWentAway),
        (HEAD + b"transfer-encoding: chunked\r\n\r\n5\r\n{", DaemonWentAway),
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", ProtocolMismatch),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", ProtocolMismatch),
        (b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 2\r\n\r\nno", DaemonUnreachable),
        (b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n", NoPermission),
        (b"HTTP/1.1 404 Nothing\r\ncontent-length: 2\r\n\r\nno", ProtocolMismatch),
    ],
)
def test_garbage_gets_a_sentence(fake_daemon: FakeDaemon, door: TlsDoor, raw: bytes, error: type[Exception]) -> None:
    fake_daemon.answers("GET", "/v1/x", raw=raw)
    with pytest.raises(error) as caught:
        pinned(door).call("GET", "/v1/x")
    assert isinstance(caught.value, TriforceCliError)
    assert caught.value.hint


def test_a_token_does_not_follow_to_another_place(fake_daemon: FakeDaemon, door: TlsDoor, home: Path) -> None:
    with TlsDoor(fake_daemon.socket, Pair(home, "b")) as other:
        raw = f"HTTP/1.1 307 Away\r\nlocation: {other.url}/v1/x\r\ncontent-length: 0\r\n\r\n".encode()
        fake_daemon.answers("GET", "/v1/x", raw=raw)
        with pytest.raises(ProtocolMismatch, match="does not follow"):
            pinned(door).call("GET", "/v1/x")
        assert other.received == 0


def test_another_certificate_gets_not_a_byte(fake_daemon: FakeDaemon, door: TlsDoor, home: Path) -> None:
    known = Pair(home, "known").fingerprint
    transport = RemoteTransport(Remote("prod", door.url, Trust(fingerprint=known)), Given("tf_x"), {}, 5)
    with pytest.raises(CertificateChanged) as caught:
        transport.call("GET", "/v1/x")
    assert door.pair is not None
    assert known in caught.value.message
    assert caught.value.seen == door.pair.fingerprint
    assert door.pair.fingerprint in (caught.value.hint or "")
    assert caught.value.exit_status == 76
    assert (door.received, fake_daemon.asked) == (0, [])


def test_an_issuer_that_is_known_is_enough(fake_daemon: FakeDaemon, door: TlsDoor) -> None:
    fake_daemon.answers("GET", "/v1/x", {"ok": True})
    assert door.pair is not None
    assert by_issuer(door, door.pair.certificate).call("GET", "/v1/x") == {"ok": True}
    with pytest.raises(IssuerUnknown):
        by_issuer(door, None).call("GET", "/v1/x")
    with pytest.raises(CertificateRejected, match="another name"):
        by_issuer(door, door.pair.certificate, f"https://127.0.0.1:{door.port}").call("GET", "/v1/x")
    with pytest.raises(CertificateRejected, match="cannot be read"):
        by_issuer(door, "/none.pem").call("GET", "/v1/x")


@pytest.mark.parametrize(("begins", "ends", "words"), [(-3, -1, "has expired"), (1, 3, "not valid yet")])
def test_a_wrong_time_is_told_with_what_the_clock_says(
    fake_daemon: FakeDaemon, home: Path, begins: int, ends: int, words: str
) -> None:
    pair = Pair(home, begins=begins, ends=ends)
    with TlsDoor(fake_daemon.socket, pair) as door, pytest.raises(CertificateRejected, match=words) as caught:
        by_issuer(door, pair.certificate).call("GET", "/v1/x")
    assert "clock says 20" in (caught.value.hint or "")
    assert door.received == 0


def test_older_tls_and_none_at_all_are_refused(fake_daemon: FakeDaemon, home: Path) -> None:
    with TlsDoor(fake_daemon.socket, Pair(home), ssl.TLSVersion.TLSv1_2) as door, pytest.raises(ProtocolMismatch):
        pinned(door).call("GET", "/v1/x")
    with TlsDoor(fake_daemon.socket, None) as door, pytest.raises(TriforceCliError) as caught:
        RemoteTransport(Remote("prod", door.url), Given("tf_x"), {}, 2).call("GET", "/v1/x")
    assert caught.value.exit_status in (69, 76)
    assert not [asked for asked in fake_daemon.asked if "authorization" in asked.headers]


def test_this_machine_may_be_asked_without_tls(fake_daemon: FakeDaemon) -> None:
    fake_daemon.answers("GET", "/v1/x", {"ok": True})
    with TlsDoor(fake_daemon.socket, None) as door:
        remote = Remote("here", f"http://127.0.0.1:{door.port}")
        assert RemoteTransport(remote, Given("tf_x"), {"https_proxy": "http://127.0.0.1:9"}, 5).call("GET", "/v1/x")


@pytest.mark.parametrize(
    ("url", "words"), [("https://127.0.0.1:{}", "nothing listens"), ("https://no.such.invalid:{}", "nobody knows")]
)
def test_nobody_there(url: str, words: str) -> None:
    remote = Remote("prod", url.format(free_port()))
    with pytest.raises(DaemonUnreachable, match=words) as caught:
        RemoteTransport(remote, Given("tf_x"), {}, 5).reach()
    assert caught.value.exit_status == 69


def test_a_proxy_that_is_named_is_used(door: TlsDoor) -> None:
    proxy = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(DaemonUnreachable, match="through the proxy"):
        pinned(door, HTTPS_PROXY=proxy).call("GET", "/v1/x")
    assert pinned(door, https_proxy=proxy, no_proxy="localhost").call("GET", "/v1/health")


def test_refusals_say_what_to_do_from_here(fake_daemon: FakeDaemon, door: TlsDoor) -> None:
    fake_daemon.refuses("GET", "/v1/x", 401, "unauthenticated", "The token 'ci' was revoked.")
    with pytest.raises(DaemonError, match="was revoked") as caught:
        pinned(door).call("GET", "/v1/x")
    assert (caught.value.exit_status, caught.value.hint) == (4, "Log in: triforce auth login --context prod")
    assert door.pair is not None
    remote = Remote("prod", door.url, Trust(fingerprint=door.pair.fingerprint))
    with pytest.raises(DaemonError, match="not logged in to prod"):
        RemoteTransport(remote, _Lacking(), {}, 5).call("GET", "/v1/x")
    fake_daemon.refuses("GET", "/v1/y", 403, "forbidden", "token/ci may not do this.", hint="It is for: owner.")
    with pytest.raises(DaemonError) as caught:
        pinned(door).call("GET", "/v1/y")
    assert (caught.value.exit_status, caught.value.hint) == (
        77,
        "Only its owner may, on the machine itself: localhost.",
    )
    fake_daemon.refuses("GET", "/v1/z", 403, "forbidden", hint="It is for: read.")
    with pytest.raises(DaemonError) as caught:
        pinned(door).call("GET", "/v1/z")
    assert caught.value.hint == "It is for: read."


def test_another_protocol_is_named(fake_daemon: FakeDaemon, door: TlsDoor) -> None:
    fake_daemon.answers("GET", "/v1/x", {}, protocol="2")
    with pytest.raises(ProtocolMismatch, match="protocol 2"):
        pinned(door).call("GET", "/v1/x")


def test_a_token_that_is_renewed_meanwhile_is_tried(fake_daemon: FakeDaemon, door: TlsDoor) -> None:
    fake_daemon.refuses("GET", "/v1/x", 401, "unauthenticated")
    fake_daemon.answers("GET", "/v1/x", {"ok": True})
    assert door.pair is not None
    remote = Remote("prod", door.url, Trust(fingerprint=door.pair.fingerprint))
    assert RemoteTransport(remote, _Renewing(), {}, 5).call("GET", "/v1/x") == {"ok": True}
    assert [asked.headers["authorization"] for asked in fake_daemon.asked] == ["Bearer old", "Bearer new"]


class _Lacking(Nobody):
    lacking = True


class _Renewing:
    lacking = False

    def token(self) -> str:
        return "old"

    def renewed(self, refused: str) -> str:
        assert refused == "old"
        return "new"
