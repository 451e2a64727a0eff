"""Any stream of any lines gives the events of WHATWG HTML 9.2.6, wherever the network splits it."""

import itertools
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triforce_daemon.dialects import sse

Cut = Callable[[list[bytes]], list[bytes]]

ends = st.sampled_from([b"\n", b"\r\n", b"\r"])
words = st.sampled_from(
    [b"data: one", b"data:two", b"data:", b"data:  x", b"data: a: b", b": comment", b"event: x", b"id: 7", b"dat", b""]
)
#: What comes after: a carriage return that stands last may still be half of a line's end.
MORE = b":\n"
#: Whole streams, each line ended in a way of its own; and anything at all.
streams = st.one_of(
    st.lists(st.tuples(words, ends).map(b"".join), max_size=14).map(b"".join),
    st.lists(st.sampled_from([b"\r", b"\n", b"data: x", b"y", b":"]), max_size=14).map(b"".join),
)


def by_the_specification(stream: bytes) -> list[bytes]:
    """The data of each event that is dispatched."""
    events: list[bytes] = []
    held: list[bytes] = []
    for line in stream.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")[:-1]:
        if not line:
            events += [b"\n".join(held)] if held else []
            held = []
        elif line.startswith(b"data:"):
            held.append(line[5:].removeprefix(b" "))
    return events


def split_one_by_one(chunks: list[bytes]) -> list[bytes]:
    """As a stream is looked at that passes through: no byte of it is lost."""
    splitter = sse.Splitter()
    ready = [splitter.feed(chunk) for chunk in chunks]
    events = [one for part in ready for one in sse.split(part)]
    assert b"".join(events) == b"".join(ready)
    assert b"".join(ready) + splitter.rest == b"".join(chunks)
    return [data for one in events if (data := sse.data_of(one)) is not None]


def split_together(chunks: list[bytes]) -> list[bytes]:
    splitter = sse.Splitter()
    return [data for chunk in chunks for data in sse.data_of_each(splitter.feed(chunk))]


@pytest.mark.parametrize("cut", [split_one_by_one, split_together])
@given(stream=streams)
@example(stream=b"data: a\r\n\r\ndata: b\r\n\r\n")
@example(stream=b"data: a\r\n\ndata: b\n\r\ndata: c\r\r")
@example(stream=b"data: a\r\r\n\r\ndata: b\n\n")
def test_where_the_network_splits_a_stream_makes_no_difference(cut: Cut, stream: bytes) -> None:
    expected = by_the_specification(stream)
    for at in range(len(stream) + 1):
        assert cut([stream[:at], stream[at:], MORE]) == expected
    assert cut([*(stream[at : at + 1] for at in range(len(stream))), MORE]) == expected


@pytest.mark.parametrize("cut", [split_one_by_one, split_together])
@given(stream=streams, cuts=st.lists(st.integers(0, 60), max_size=6))
def test_nor_do_several_splits(cut: Cut, stream: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(cuts), max(len(stream), *cuts, 0)]
    chunks = [stream[a:b] for a, b in itertools.pairwise(places)]
    assert cut([*chunks, MORE]) == by_the_specification(stream)


@given(stream=streams, at=st.integers(0, 60))
def test_what_is_read_event_by_event_is_the_same(stream: bytes, at: int) -> None:
    """But for a carriage return alone, which no provider takes for the end of a line."""
    stream = stream.replace(b"\r\n", b"\n").replace(b"\r", b"").replace(b"\n", b"\r\n")
    events = sse.Events()
    assert events.feed(stream[:at]) + events.feed(stream[at:]) == by_the_specification(stream)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_an_event_is_passed_on_as_soon_as_it_is_whole(end: bytes) -> None:
    splitter = sse.Splitter()
    assert splitter.feed(b"data: a" + end) == b""
    assert splitter.feed(end) == b"data: a" + end + end
    assert splitter.rest == b""
