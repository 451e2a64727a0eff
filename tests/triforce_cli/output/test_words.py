"""Numbers and moments in words."""

from datetime import UTC, datetime, timedelta

import pytest

from triforce_cli.output.words import ago, count, local, size, span, thousands


@pytest.mark.parametrize(("number", "words"), [(0, "0 turns"), (1, "1 turn"), (2, "2 turns"), (1_024, "1,024 turns")])
def test_count(number: int, words: str) -> None:
    assert count(number, "turn") == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (9_940, "9.9 kB"),
        (93_000_000, "93 MB"),
        (1_500_000_000, "1.5 GB"),
        (5e12, "5.0 TB"),
        (5e16, "50000.0 TB"),
    ],
)
def test_size(amount: float, words: str) -> None:
    assert size(amount) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0 s"),
        (0, "0 s"),
        (0.3, "300 ms"),
        (1, "1 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3_599, "60 min"),
        (3_600, "1 h"),
        (86_400, "1 d"),
        (30 * 86_400, "30 d"),
        (800 * 86_400, "2 y"),
    ],
)
def test_span(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_ago() -> None:
    def before(**span: float) -> str:
        return (datetime.now(UTC) - timedelta(**span)).isoformat().replace("+00:00", "Z")

    assert ago(before()) == "just now"
    assert ago(before(minutes=5)) == "5 min ago"
    assert ago(before(seconds=-50)) == "just now"


def test_local_is_the_clock_on_the_wall() -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert local("2026-03-01T12:00:00.000Z") == moment.astimezone().strftime("%Y-%m-%d %H:%M")


def test_thousands() -> None:
    assert thousands(8_192) == "8,192"
