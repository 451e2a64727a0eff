"""Events are cut out of a stream the same way, however it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.dialects import sse
from triforce_daemon.errors import UpstreamFailed

STREAM = (
    b": hello\n\n"
    b'event: first\r\ndata: {"a": 1}\r\n\r\n'
    b'data: {"b": "data: x"}\n\n'
    b"data:bare\n\n"
    b"event: ping\n\n"
    b"data: two\ndata: lines\n\n"
    b"\n\ndata: late\r\rdata: \xc3\xa9\n\n"
)
#: Without lone carriage returns, and cut short.
LINES = STREAM[: STREAM.index(b"\n\n\n\n")] + b"\n\ndata: not closed"
DATA = [b'{"a": 1}', b'{"b": "data: x"}', b"bare", b"two\nlines", b"late", b"\xc3\xa9"]


@given(st.lists(st.integers(0, len(STREAM)), max_size=8).map(sorted))
def test_every_way_to_split_gives_the_same_events(cuts: list[int]) -> None:
    splitter = sse.Splitter()
    found: list[bytes] = []
    passed = b""
    for start, end in zip([0, *cuts], [*cuts, len(STREAM)], strict=True):
        ready = splitter.feed(STREAM[start:end])
        passed += ready
        found += sse.data_of_each(ready)
    assert (found, passed, splitter.rest) == (DATA, STREAM, b"")


def test_each_event_by_itself_says_the_same() -> None:
    events = sse.split(STREAM)
    assert b"".join(events) == STREAM
    assert [data for one in events if (data := sse.data_of(one)) is not None] == DATA


def test_split_keeps_the_blank_lines() -> None:
    assert sse.split(b"data: 1\n\ndata: 2\n\n") == [b"data: 1\n\n", b"data: 2\n\n"]
    assert sse.split(b"") == []


def test_what_is_not_whole_waits() -> None:
    splitter = sse.Splitter()
    assert splitter.feed(b"data: 1\n\ndata: 2\n") == b"data: 1\n\n"
    assert splitter.rest == b"data: 2\n"
    assert splitter.rest_begins_with((b"x", b"data"))
    assert not splitter.rest_begins_with((b"{",))
    assert not sse.Splitter().rest_begins_with((b"",))


@pytest.mark.parametrize("piece", [b"x" * 65536, b"x" * 65535 + b"\n"])
def test_an_event_without_end_is_refused_before_it_fills_the_memory(piece: bytes) -> None:
    splitter = sse.Splitter()
    splitter.feed(b"data: ")
    with pytest.raises(UpstreamFailed):
        for _ in range(1024):
            splitter.feed(piece)
    assert len(splitter.rest) <= sse.EVENT_LIMIT + len(piece)


@given(st.lists(st.integers(0, len(LINES)), max_size=8).map(sorted))
def test_events_are_read_the_same_however_they_come(cuts: list[int]) -> None:
    events = sse.Events()
    found = [
        data
        for start, end in zip([0, *cuts], [*cuts, len(LINES)], strict=True)
        for data in events.feed(LINES[start:end])
    ]
    assert [*found, *events.end()] == [*DATA[:4], b"not closed"]


@pytest.mark.parametrize("piece", [b"x" * 65536, b"data: " + b"x" * 65536 + b"\n"])
def test_reading_stops_at_an_event_without_end(piece: bytes) -> None:
    events = sse.Events()
    with pytest.raises(UpstreamFailed):
        for _ in range(1024):
            events.feed(piece)


@given(st.lists(st.integers(0, 60), max_size=4).map(sorted))
def test_what_is_no_event_is_kept_apart(cuts: list[int]) -> None:
    text = b'event: x\ndata: 1\n\n: hi\n{\n  "error": {"code": 503}\n}'
    events = sse.Events()
    found = [
        data for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True) for data in events.feed(text[start:end])
    ]
    assert [*found, *events.end()] == [b"1"]
    assert events.stray == b'{  "error": {"code": 503}}'


def test_strays_do_not_fill_the_memory() -> None:
    events = sse.Events()
    for _ in range(1024):
        events.feed(b"{" * 1024 + b"\n")
    assert len(events.stray) <= sse.STRAY_LIMIT + 1024


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_where_the_event_begins_that_a_place_lies_in(end: bytes) -> None:
    each = [b"event: a" + end + b"data: 1" + end * 2, b"data: 2" + end * 2, b"data: 3"]
    events = b"".join(each)
    for number, said in enumerate((b"1", b"2", b"3")):
        assert sse.start_of_event(events, events.index(b"data: " + said)) == len(b"".join(each[:number]))


def test_whole_events_are_not_copied() -> None:
    whole = b"data: 1\n\ndata: 2\n\n"
    splitter = sse.Splitter()
    assert splitter.feed(whole) is whole
    assert splitter.feed(b"data: ") == b""
    assert splitter.feed(whole) == b"data: " + whole
    assert splitter.rest == b""
