"""An answer is the same however the network cuts it; what is none, or never ends, is seen."""

import pytest

from triforce_daemon.outbound.faults import Lost
from triforce_daemon.outbound.incoming import HEADER_LIMIT, OVERHEAD_LIMIT, Headers, Incoming

BODY = "Grüße".encode() + b"\r\n\r\ndata: {}\n\n"
ANSWERS = {
    "length": b"HTTP/1.1 201 Made\r\nContent-Length: %d\r\nX-Empty:\r\nX-Kind: a\r\n\r\n%s" % (len(BODY), BODY),
    "chunked": b"HTTP/1.1 201 Made\r\nTransfer-Encoding: chunked\r\nX-Empty:\r\nX-Kind: a\r\n\r\n"
    b'3\r\n%s\r\nA;ext="v"\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n' % (BODY[:3], BODY[3:13], len(BODY) - 13, BODY[13:]),
    "trailers": b"HTTP/1.1 201 Made\r\nTransfer-Encoding: chunked\r\nX-Empty:\r\nX-Kind: a\r\n\r\n"
    b"%x\r\n%s\r\n0\r\nX-Kind: late\r\nX-Sum: 1\r\n\r\n" % (len(BODY), BODY),
    "continued": b"HTTP/1.1 100 Continue\r\nX-Kind: no\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    b"HTTP/1.1 201 Made\r\nContent-Length: %d\r\nX-Empty:\r\nX-Kind: a\r\n\r\n%s" % (len(BODY), BODY),
}


def outcome(incoming: Incoming) -> tuple[int, bytes | None, bytes | None, bytes, bool, bool]:
    kind, empty = incoming.headers.get(b"x-kind"), incoming.headers.get(b"x-empty")
    return incoming.status, kind, empty, incoming.take(), incoming.complete, incoming.surplus


@pytest.mark.parametrize("name", ANSWERS)
def test_cut_at_every_byte(name: str) -> None:
    wire = ANSWERS[name]
    whole = (201, b"a", b"", BODY, True, False)
    for cut in range(len(wire)):
        incoming = Incoming()
        incoming.feed(wire[:cut])
        incoming.feed(wire[cut:])
        assert outcome(incoming) == whole, cut
    incoming = Incoming()
    for place in range(len(wire)):
        assert not incoming.complete
        incoming.feed(wire[place : place + 1])
    assert outcome(incoming) == whole
    assert incoming.keep_alive


def test_one_after_another() -> None:
    incoming = Incoming()
    for name in ("chunked", "trailers", "length", "continued"):
        incoming.begin()
        incoming.feed(ANSWERS[name])
        assert outcome(incoming) == (201, b"a", b"", BODY, True, False)


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.0 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"])
def test_without_a_length_the_body_ends_with_the_connection(head: bytes) -> None:
    incoming = Incoming()
    incoming.feed(head + b"some")
    assert not incoming.complete
    assert incoming.end() and incoming.complete
    assert incoming.take() == b"some"
    assert not incoming.keep_alive


@pytest.mark.parametrize("rest", [b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", ANSWERS["chunked"][:-1], b""])
def test_what_is_cut_short_does_not_end(rest: bytes) -> None:
    incoming = Incoming()
    incoming.feed(rest)
    assert not incoming.end()


@pytest.mark.parametrize("status", [204, 304])
def test_some_have_no_body(status: int) -> None:
    incoming = Incoming()
    incoming.feed(b"HTTP/1.1 %d X\r\n\r\n" % status)
    assert incoming.complete and incoming.keep_alive


@pytest.mark.parametrize("surplus", [b"more", b"\r\nmore", ANSWERS["length"]])
@pytest.mark.parametrize("close", [b"", b"Connection: close\r\n"])
def test_bytes_behind_the_end_are_noticed_and_are_not_the_body(surplus: bytes, close: bytes) -> None:
    incoming = Incoming()
    incoming.feed(b"HTTP/1.1 200 OK\r\n%sContent-Length: 2\r\n\r\nab%s" % (close, surplus))
    assert incoming.surplus and incoming.complete
    assert (incoming.status, incoming.take()) == (200, b"ab")


@pytest.mark.parametrize(
    "wire",
    [
        b"SSH-2.0-x\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: 1\r\n" % number for number in range(HEADER_LIMIT + 2)),
    ],
)
def test_what_is_no_answer(wire: bytes) -> None:
    with pytest.raises(Lost, match="not an HTTP answer"):
        Incoming().feed(wire)


@pytest.mark.parametrize(
    ("begin", "endless"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: ", b"x"),
    ],
)
def test_what_has_no_end_and_is_no_body_is_not_read_for_ever(begin: bytes, endless: bytes) -> None:
    incoming = Incoming()
    incoming.feed(begin)
    with pytest.raises(Lost):
        for _ in range(2 * OVERHEAD_LIMIT // 1_000):
            incoming.feed(endless * (1_000 // len(endless) + 1))


def test_a_long_body_in_small_chunks_is_no_overhead() -> None:
    incoming = Incoming()
    incoming.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(OVERHEAD_LIMIT):
        incoming.feed(b"1\r\nx\r\n")
    assert incoming.take() == b"x" * OVERHEAD_LIMIT


def test_headers_go_by_any_spelling_and_keep_all_values() -> None:
    incoming = Incoming()
    incoming.feed(b"HTTP/1.1 200 OK\r\nX-One: a\r\nx-one: \xfc\r\nContent-Length: 0\r\n\r\n")
    headers = Headers(incoming.headers)
    assert headers["X-ONE"] == "a, ü"
    assert headers.get("none") is None
    assert (list(headers), len(headers)) == (["x-one", "content-length"], 2)
