"""Spans and moments as people write them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as some

from triforce_cli.commands._durations import deadline, moment, seconds


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500ms", 0.5),
        ("30s", 30),
        ("2m", 120),
        ("1.5h", 5_400),
        ("7d", 604_800),
        ("2w", 1_209_600),
        ("3", 3),
        (" 1s ", 1),
    ],
)
def test_spans(text: str, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize(
    "text", ["", "s", "soon", "-1s", "0", "0ms", "1y", "1 s s", "nan", "inf", "1e400", "1ss", "5mss"]
)
def test_what_is_no_span(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="no span of time"):
        seconds(text)


@given(some.text())
def test_any_text_is_a_span_or_an_error(text: str) -> None:
    with suppress(typer.BadParameter):
        assert seconds(text) > 0


def test_a_span_means_before_now() -> None:
    then = datetime.fromisoformat(moment("7d"))
    assert abs(datetime.now(UTC) - then - timedelta(days=7)) < timedelta(seconds=5)
    assert moment("7d").endswith("Z")


@pytest.mark.parametrize(
    ("text", "rfc3339"),
    [
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000Z"),
        ("2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00.000Z"),
        ("20260301T120000Z", "2026-03-01T12:00:00.000Z"),
    ],
)
def test_moments(text: str, rfc3339: str) -> None:
    assert moment(text) == rfc3339


def test_a_date_is_meant_here() -> None:
    assert datetime.fromisoformat(moment("2026-03-01")) == datetime(2026, 3, 1).astimezone()


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "99999999999d", "", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="no moment"):
        moment(text)


def test_a_deadline_lies_ahead() -> None:
    ahead = datetime.fromisoformat(deadline("2h")) - datetime.now(UTC)
    assert timedelta(minutes=119) < ahead <= timedelta(hours=2)
    assert deadline("2999-03-01T12:00:00Z") == "2999-03-01T12:00:00.000Z"
    for wrong in ("", "soon", "9999999999999w"):
        with pytest.raises(typer.BadParameter, match="no moment to come"):
            deadline(wrong)
