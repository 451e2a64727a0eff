"""Text of strangers: what acts or hides goes, what is read stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.runtime.plain_text import one_line, plain

#: Whatever a terminal obeys, and what nobody sees.
HARMFUL = {*map(chr, range(0x09)), *map(chr, range(0x0B, 0x20)), *map(chr, range(0x7F, 0xA0)), "\u202e", "\u200b"}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "plain, grüße, 日本語, 👩\u200d🔬 and ❤\ufe0f\tstay\n",
            "plain, grüße, 日本語, 👩\u200d🔬 and ❤\ufe0f\tstay\n",
        ),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;https://evil.example\x07link\x1b]8;;\x1b\\", "link"),
        ("\x1b]0;title never ended", ""),
        ("a\x1bcb", "ab"),
        ("one\r\ntwo\rthree\x0bfour\u2028five", "one\ntwo\nthree\nfour\nfive"),
        ("bad\u202egnp.exe\u2066", "badgnp.exe"),
        ("in\U000e0049\U000e0067visible", "invisible"),
        ("e\ufe01\ufe02\ufe03\ufe04", "e\ufe01"),
        ("half\ud800", "half"),
    ],
)
def test_what_is_left(text: str, left: str) -> None:
    assert plain(text, 1_000) == left


def test_it_is_cut_where_it_says_so() -> None:
    assert plain("x" * 10, 10) == "x" * 10
    assert plain("word and more", 6) == "word…"
    assert one_line(" a\n\n b\t\tc " + "d" * 99, 8) == "a b c d…"


@given(st.text(), st.integers(1, 50))
def test_nothing_harmful_is_left_of_anything(text: str, most: int) -> None:
    left = plain(text, most)
    assert len(left) <= most and not HARMFUL & set(left)
    assert "\n" not in one_line(text, most)
