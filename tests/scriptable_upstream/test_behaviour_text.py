"""The fault language: every value has a text, every text its value or an error that names the word."""

from dataclasses import fields
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scriptable_upstream.behaviour import OK, Behaviour, Cut, Place
from tests.scriptable_upstream.behaviour_text import KINDS, NotUnderstood, read_behaviour, write_behaviour

FLAGS = [field.name for field in fields(Behaviour) if field.type is bool]
WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789:/.+-_=", min_size=1)
TIMES = st.integers(0, 10**10).map(lambda micros: micros / 1e6)
COUNTS = st.integers(0, 10**6)
SIZES = st.integers(0, 1 << 50)
PLACES = st.builds(Place, COUNTS) | st.builds(Place, SIZES, st.just("bytes"))

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "status": st.integers(100, 599),
    "error": WORDS,
    "retry_after": WORDS,
    "location": WORDS,
    **dict.fromkeys(("delay", "first", "every", "stall"), TIMES),
    "drip": st.integers(1, 1 << 40).map(float),
    **dict.fromkeys(("words", "tiny_events", "malformed_at", "bad_utf8_at", "error_in_stream_at"), COUNTS),
    **dict.fromkeys(("huge_line", "gzip_bomb"), SIZES),
    **dict.fromkeys(("cut_after", "stall_after"), PLACES),
    "cut": st.sampled_from(get_args(Cut)),
    "split": st.integers(1, 10**6) | st.just("seeded"),
    "wrong_length": st.integers(-(10**6), 10**6),
    **dict.fromkeys(FLAGS, st.booleans()),
}


def behaviours() -> st.SearchStrategy[Behaviour]:
    return st.fixed_dictionaries({}, optional=VALUES).map(lambda chosen: Behaviour(**chosen))


def test_every_field_is_a_word() -> None:
    assert set(KINDS) == {field.name for field in fields(Behaviour)} == set(VALUES)


@given(behaviours())
def test_what_is_written_is_read_as_the_same(behaviour: Behaviour) -> None:
    assert read_behaviour(write_behaviour(behaviour)) == behaviour


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        behaviour = read_behaviour(text)
    except NotUnderstood:
        return
    assert read_behaviour(write_behaviour(behaviour)) == behaviour


@given(st.sampled_from(sorted(KINDS)), st.text())
def test_any_value_is_read_or_refused(name: str, value: str) -> None:
    try:
        read_behaviour(f"{name.replace('_', '-')}={value}")
    except NotUnderstood:
        return


@pytest.mark.parametrize(
    ("text", "behaviour"),
    [
        ("", OK),
        ("ok", OK),
        ("429", Behaviour(status=429)),
        ("status=429 retry-after=2", Behaviour(status=429, retry_after="2")),
        ("status=503,html", Behaviour(status=503, html=True)),
        ("delay=300ms", Behaviour(delay=0.3)),
        ("every=1.5s first=20us", Behaviour(every=1.5, first=0.00002)),
        ("cut-after=40 cut=fin", Behaviour(cut_after=Place(40), cut="fin")),
        ("cut-after=40B", Behaviour(cut_after=Place(40, "bytes"))),
        ("stall-after=20", Behaviour(stall_after=Place(20))),
        ("drip=1B/s", Behaviour(drip=1.0)),
        ("huge-line=64MiB tiny-events=1000000", Behaviour(huge_line=64 << 20, tiny_events=1_000_000)),
        ("split=every", Behaviour(split=1)),
        ("split=seeded gzip gzip-bomb", Behaviour(split="seeded", gzip=True, gzip_bomb=1 << 30)),
        ("wrong-length", Behaviour(wrong_length=10)),
        ("wrong-length=-3 1xx trailers", Behaviour(wrong_length=-3, informational=True, trailers=True)),
    ],
)
def test_the_language(text: str, behaviour: Behaviour) -> None:
    assert read_behaviour(text) == behaviour


@pytest.mark.parametrize(
    "text",
    [
        "statuss=500",
        "status",
        "status=99",
        "status=abc",
        "delay=300",
        "delay=ms",
        "drip=fast",
        "split=0",
        "cut=gently",
        "gzip=yes",
        "cut_after=3",
        "informational",
        "words=-1",
        "error=",
        "600",
    ],
)
def test_what_is_not_the_language_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood, match=text.partition("=")[0]):
        read_behaviour(text)
