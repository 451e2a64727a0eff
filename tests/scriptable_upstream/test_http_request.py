"""Requests are read however their bytes are cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scriptable_upstream.http_request import BadRequest, Request, RequestReader

SIZED = b"POST /a/b%20c?x=1&y= HTTP/1.1\r\nHost: h\r\nX-Two: 1\r\nx-two: 2\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
BARE = b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"


def read(data: bytes, *cuts: int) -> list[Request]:
    reader = RequestReader()
    found: list[Request] = []
    places = sorted({0, len(data), *(cut % len(data) for cut in cuts)})
    for start, end in pairwise(places):
        found += reader.feed(data[start:end])
    assert reader.idle
    return found


@given(st.lists(st.integers(0, 10_000), max_size=12))
def test_the_cuts_do_not_matter(cuts: list[int]) -> None:
    data = SIZED + CHUNKED + BARE + SIZED
    assert read(data, *cuts) == read(data)


def test_byte_by_byte() -> None:
    data = SIZED + CHUNKED + BARE
    assert read(data, *range(len(data))) == read(data)


def test_what_is_read() -> None:
    sized, chunked, bare = read(SIZED + CHUNKED + BARE)
    assert (sized.method, sized.path, sized.decoded_path) == ("POST", "/a/b%20c", "/a/b c")
    assert sized.query == {"x": "1", "y": ""}
    assert sized.headers[1:3] == (("X-Two", "1"), ("x-two", "2"))
    assert sized.header("x-two") == "1"
    assert sized.body == b"hello"
    assert sized.keep_alive
    assert chunked.body == b"abcde"
    assert (bare.body, bare.keep_alive) == (b"", False)


def test_fields_of_what_is_no_object() -> None:
    assert read(SIZED)[0].fields == {}


def test_a_client_that_waits_is_seen() -> None:
    reader = RequestReader()
    assert reader.feed(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n") == []
    assert reader.wants_continue
    assert len(reader.feed(b"x")) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/2\r\n\r\n",
        b"GET / HTTP/1.1\r\nno header\r\n\r\n",
        b"GET / HTTP/1.1\r\nSpace : x\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ],
)
def test_what_is_no_request_is_refused(data: bytes) -> None:
    with pytest.raises(BadRequest):
        RequestReader().feed(data)
