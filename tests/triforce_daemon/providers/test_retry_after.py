from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.providers.retry_after import LONGEST_MS, retry_after_ms

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


def read(**headers: str) -> int | None:
    return retry_after_ms({name.replace("_", "-"): value for name, value in headers.items()}, NOW.timestamp())


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("2", 2_000), ("0", 0), ("1.5", 1_500), ("99999999", LONGEST_MS), ("-1", None), ("soon", None), ("nan", None)],
)
def test_seconds(text: str, milliseconds: int | None) -> None:
    assert read(retry_after=text) == milliseconds


def test_a_date_counts_from_now() -> None:
    assert read(retry_after=format_datetime(NOW.replace(second=7), usegmt=True)) == 7_000
    assert read(retry_after=format_datetime(NOW.replace(hour=11), usegmt=True)) == 0


def test_milliseconds_are_the_finer_word() -> None:
    assert read(retry_after="3", retry_after_ms="250") == 250
    assert read() is None


@given(st.text(max_size=60))
def test_whatever_is_written_is_read_or_not(text: str) -> None:
    found = retry_after_ms({"retry-after": text}, NOW.timestamp())
    assert found is None or 0 <= found <= LONGEST_MS
