"""Nothing that a model writes can act on the terminal, and nothing that it writes for people is lost."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triforce_cli.output.sanitise import Sanitiser, one_line, sanitise

NASTY = [
    "\x1b[31m",
    "\x1b]0;title\x07",
    "\x1b]8;;http://example.invalid\x1b\\",
    "\x1b]52;c;aGk=\x07",
    "\x1bP1$r\x1b\\",
    "\x9b31m",
    "\x9d0;title\x9c",
    "\r",
    "\r\n",
    "\x08",
    "\x7f",
    "\x00",
    "\u202e",
    "\u2066",
    "\u200b",
    "\ufeff",
    "\u2028",
    "\U000e0041",
    "\U0001f3f4",
    "\U000e0067",
    "\ud83d",
]
texts = st.one_of(
    st.lists(st.sampled_from([*NASTY, "text", "\n", "é", "👩‍🔬", "日本"]), max_size=10).map("".join),
    st.text(st.characters(), max_size=40),
)
#: Everything that makes a terminal do something, or that makes text read in another order than it is written.
ACTS = {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)} - {0x09, 0x0A}


@given(texts)
def test_nothing_that_acts_comes_through(text: str) -> None:
    assert not {character for character in sanitise(text) if ord(character) in ACTS}


@given(texts)
def test_what_comes_through_can_be_written(text: str) -> None:
    sanitise(text).encode("utf-8")


@given(texts)
@example("a\r\nb")
@example("\U0001f3f4\U000e0067\U000e007f\U000e0067x\U000e0067")
def test_where_a_text_is_cut_makes_no_difference(text: str) -> None:
    whole = sanitise(text)
    for at in range(len(text) + 1):
        cut = Sanitiser()
        assert cut.feed(text[:at]) + cut.feed(text[at:]) == whole
    letters = Sanitiser()
    assert "".join(map(letters.feed, text)) == whole


@given(texts)
def test_what_is_harmless_stays_so(text: str) -> None:
    once = sanitise(text)
    assert sanitise(once) == once


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]) | st.sampled_from("\n\t")))
def test_letters_marks_and_symbols_are_left_alone(text: str) -> None:
    assert sanitise(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "naïve café, e\u0301 combined",
        "日本語 한국어 中文",
        "👩‍🔬 👍🏽 🏳️‍🌈 ❤️",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "a\tb\nc",
        "[red]not markup[/red]",
    ],
)
def test_writing_of_people_survives(text: str) -> None:
    assert sanitise(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x9b2J", "<U+009B>2J"),
        ("safe\rrm -rf", "safe\nrm -rf"),
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("a\u2028b\x0cc\x85d", "a\nb\nc\nd"),
        ("access\u202elevel", "access<U+202E>level"),
        ("hid\u200bden\ufeff\U000e0041", "hidden"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("\x7f\x00", "␡␀"),
    ],
)
def test_what_the_reader_sees(text: str, shown: str) -> None:
    assert sanitise(text) == shown


def test_one_line_is_one_line() -> None:
    assert one_line(" A\x1b[2J\r\ntitle\u2028 ") == "A␛[2J title"
    assert one_line(" a  b\u3000c\xad ") == "a b c"
    assert one_line(" plain words ") == "plain words"


def test_the_invisible_is_complete() -> None:
    """What Unicode calls a format character is dropped, shown, or known to carry meaning for readers."""
    carries_meaning = {0x200C, 0x200D, 0x200E, 0x200F, 0x061C, 0x070F, 0x08E2, 0x110BD, 0x110CD}
    carries_meaning |= {*range(0x0600, 0x0606), 0x06DD, 0x0890, 0x0891}
    #: Musical, shorthand and hieroglyph formatting: seen by those who write them, harmless to the others.
    scripts = {*range(0x13430, 0x13440), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B)}
    left = {
        code for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf" and sanitise(chr(code)) == chr(code)
    }
    assert left <= carries_meaning | scripts
