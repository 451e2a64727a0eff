"""Lines are cut the same way, however the bytes come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.dialects.lines import LINE_LIMIT, Lines
from triforce_daemon.errors import UpstreamFailed

STREAM = b'{"a":1}\n\n{"b":"\xc3\xa9"}\r\nlast'


@given(st.lists(st.integers(0, len(STREAM)), max_size=8).map(sorted))
def test_every_way_to_split_gives_the_same_lines(cuts: list[int]) -> None:
    lines, whole = Lines(), Lines()
    found: list[bytes] = []
    passed = b""
    for start, end in zip([0, *cuts], [*cuts, len(STREAM)], strict=True):
        found += lines.feed(STREAM[start:end])
        passed += whole.whole(STREAM[start:end])
    assert found + lines.end() == [b'{"a":1}', b"", b'{"b":"\xc3\xa9"}', b"last"]
    assert passed + b"".join(whole.end()) == STREAM


def test_there_is_no_last_line_where_all_are_whole() -> None:
    lines = Lines()
    assert lines.feed(b"a\nb\n") == [b"a", b"b"]
    assert lines.end() == []


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    lines = Lines()
    piece = b"x" * 65_536
    with pytest.raises(UpstreamFailed):
        for _ in range(LINE_LIMIT // len(piece) + 1):
            assert lines.feed(piece) == []


def test_what_has_been_cut_counts_no_more() -> None:
    lines = Lines()
    for _ in range(3):
        lines.feed(b"x" * (LINE_LIMIT // 2))
        assert len(lines.feed(b"\n")) == 1
