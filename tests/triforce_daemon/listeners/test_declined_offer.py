"""The body of a request that offers another protocol: read to its end, in whatever pieces it comes, and no further."""

from itertools import pairwise

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as some

from triforce_daemon.listeners.declined_offer import DeclinedOffer

BODY = b'{"model":"echo"}' * 3
LENGTH = [(b"content-type", b"a/b"), (b"content-length", b"%d" % len(BODY))]
CHUNKED = [(b"transfer-encoding", b"chunked")]


class Heard:
    def __init__(self, headers: list[tuple[bytes, bytes]]) -> None:
        self.headers = headers
        self.body = b""
        self.ends = 0

    def on_body(self, body: bytes) -> None:
        assert not self.ends
        self.body += body

    def on_message_complete(self) -> None:
        self.ends += 1


@given(
    some.sampled_from(
        [(LENGTH, BODY), (CHUNKED, b"3\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (BODY[:3], len(BODY) - 3, BODY[3:]))]
    ),
    some.sampled_from([b"", b"GET / HTTP/1.1\r\ncontent-length: 2\r\n\r\nno", b"\x16\x03\x01"]),
    some.lists(some.integers(0, 200)),
)
def test_it_is_read_to_its_end_and_no_further(
    framed: tuple[list[tuple[bytes, bytes]], bytes], behind: bytes, cuts: list[int]
) -> None:
    headers, sent = framed
    heard = Heard(headers)
    offer = DeclinedOffer(heard, b"POST")
    sent += behind
    edges = [0, *sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    for start, end in pairwise(edges):
        offer.feed_data(sent[start:end])
    assert (heard.body, heard.ends) == (BODY, 1)


@pytest.mark.parametrize(("headers", "method"), [([], b"POST"), (LENGTH, b"CONNECT")])
def test_who_announces_none_sends_none(headers: list[tuple[bytes, bytes]], method: bytes) -> None:
    heard = Heard(headers)
    DeclinedOffer(heard, method).feed_data(b"anything\r\n\r\n")
    assert (heard.body, heard.ends) == (b"", 1)


def test_what_is_no_body_is_refused() -> None:
    heard = Heard(CHUNKED)
    with pytest.raises(httptools.HttpParserError):
        DeclinedOffer(heard, b"POST").feed_data(b"no chunk\r\n")
    assert heard.ends == 0
