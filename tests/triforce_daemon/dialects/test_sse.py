"""Events are cut out of a stream the same way, wherever the network splits it."""

import itertools
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triforce_daemon.dialects import sse
from triforce_daemon.errors import UpstreamFailed

ends = st.sampled_from([b"\n", b"\r\n", b"\r"])
words = st.sampled_from(
    [b"data: one", b"data:two", b"data:", b"data:  x", b"data: a: b", b": comment", b"event: x", b"id: 7", b"dat", b""]
)
#: Whole streams, each line ended in a way of its own; and anything at all.
streams = st.one_of(
    st.lists(st.tuples(words, ends).map(b"".join), max_size=14).map(b"".join),
    st.lists(st.sampled_from([b"\r", b"\n", b"data: x", b"y", b":"]), max_size=14).map(b"".join),
    st.lists(st.tuples(words.filter(bool), ends).map(b"".join), max_size=4).flatmap(
        lambda lines: ends.map(lambda end: b"".join(line.rstrip() + end for line in lines) + end)
    ),
)


def by_the_specification(stream: bytes) -> list[bytes]:
    """The data of each event that is dispatched, by the letter of WHATWG HTML 9.2.6."""
    events: list[bytes] = []
    held: list[bytes] = []
    for line in stream.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")[:-1]:
        if not line:
            events += [b"\n".join(held)] if held else []
            held = []
        elif line.startswith(b"data:"):
            held.append(line[5:].removeprefix(b" "))
    return events


def fed(chunks: list[bytes]) -> tuple[list[bytes], bytes]:
    """The data of the events, and all that was passed on."""
    splitter = sse.Splitter()
    passed = [splitter.feed(chunk) for chunk in chunks]
    events = [one for part in passed for one in sse.split(part)]
    assert b"".join(events) == b"".join(passed)
    assert b"".join(passed) + splitter.rest == b"".join(chunks)
    return [data for one in events if (data := sse.data_of(one)) is not None], b"".join(passed)


@given(streams)
@example(b"data: a\r\n\r\ndata: b\r\n\r\n")
@example(b"data: a\r\n\ndata: b\n\r\ndata: c\r\r")
def test_events_are_those_of_the_specification(stream: bytes) -> None:
    assert fed([stream])[0] == by_the_specification(stream)


@given(streams)
@example(b"data: a\r\n\r\ndata: b\r\n\r\n")
@example(b"data: a\r\r\n\r\ndata: b\n\n")
def test_where_the_network_splits_a_stream_makes_no_difference(stream: bytes) -> None:
    expected = by_the_specification(stream)
    for at in range(len(stream) + 1):
        assert fed([stream[:at], stream[at:]])[0] == expected
    assert fed([stream[at : at + 1] for at in range(len(stream))])[0] == expected


@given(streams, st.lists(st.integers(0, 60), max_size=6))
def test_nor_do_several_splits(stream: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(cuts), max(len(stream), *cuts, 0)]
    chunks = [stream[a:b] for a, b in itertools.pairwise(places)]
    assert fed(chunks)[0] == by_the_specification(stream)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_an_event_is_passed_on_as_soon_as_it_is_whole(end: bytes) -> None:
    splitter = sse.Splitter()
    assert splitter.feed(b"data: a" + end) == b""
    assert splitter.rest == b"data: a" + end
    assert splitter.feed(end) == b"data: a" + end + end
    assert splitter.rest == b""


def test_whole_events_go_and_the_rest_waits() -> None:
    splitter = sse.Splitter()
    assert splitter.feed(b"data: a\n\ndata: b\n\ndata: c") == b"data: a\n\ndata: b\n\n"
    assert splitter.rest == b"data: c"


def test_data_of_several_lines_is_joined() -> None:
    assert sse.data_of(b"data: one\ndata:two\ndata:   three\n\n") == b"one\ntwo\n  three"
    assert sse.data_of(b"data: one\r\ndata: two\r\n\r\n") == b"one\ntwo"
    assert sse.data_of(b"event: x\r: comment\rdata:\r\r") == b""


@pytest.mark.parametrize(
    "one", [b": ping\n\n", b"event: done\n\n", b"\n\n", b"", b"id: data: 7\n\n", b"database: 1\n\n"]
)
def test_an_event_without_data_has_none(one: bytes) -> None:
    assert sse.data_of(one) is None


def test_what_is_written_is_read() -> None:
    assert sse.data_of(sse.event(b'{"a": 1}')) == b'{"a": 1}'
    assert sse.split(sse.event(b"a") + sse.COMMENT + sse.event(b"b")) == [sse.event(b"a"), sse.COMMENT, sse.event(b"b")]
    assert sse.data_of(sse.COMMENT) is None


def test_an_event_without_end_is_not_kept_without_end() -> None:
    splitter = sse.Splitter()
    block = b"x" * (1 << 20)
    fed_in = 0
    with pytest.raises(UpstreamFailed) as raised:
        for _ in range(100):
            assert splitter.feed(block) == b""
            fed_in += len(block)
    assert fed_in == sse.EVENT_LIMIT
    assert raised.value.hint


def test_a_large_event_that_ends_in_time_is_passed_on() -> None:
    splitter = sse.Splitter()
    one = b"data: " + b"x" * (sse.EVENT_LIMIT - 10)
    assert splitter.feed(one) == b""
    assert splitter.feed(b"\n\n") == one + b"\n\n"


@pytest.mark.parametrize("blank", [b"\n\n", b"\r\n\r\n", b"\r\r", b"\n\r\n"])
def test_a_long_stream_is_cut_in_time_that_grows_with_its_length(blank: bytes) -> None:
    stream = (b'data: {"choices":[{"delta":{"content":"x"}}]}' + blank) * 20_000
    splitter = sse.Splitter()
    begin = time.perf_counter()
    count = 0
    for at in range(0, len(stream), 16_384):
        count += len(sse.split(splitter.feed(stream[at : at + 16_384])))
    assert count >= 19_999
    assert time.perf_counter() - begin < 2
