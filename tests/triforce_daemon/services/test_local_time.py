"""The time somewhere else, by the system's zone data."""

import pytest

from triforce_daemon.errors import InvalidArguments
from triforce_daemon.services.local_time import at

SUMMER, WINTER = 1_751_371_200, 1_735_732_800


def test_summer_and_winter() -> None:
    assert at(SUMMER, "Europe/Berlin").isoformat() == "2025-07-01T14:00:00+02:00"
    assert at(WINTER, "Europe/Berlin").isoformat() == "2025-01-01T13:00:00+01:00"
    assert at(WINTER, "utc").isoformat() == "2025-01-01T12:00:00+00:00"


@pytest.mark.parametrize("zone", ["Europe/Berln", "../etc/passwd", "/etc/passwd", "", "x" * 5_000, "a\x00b", "Europe"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(InvalidArguments):
        at(WINTER, zone)


def test_the_refusal_names_one_that_looks_like_it() -> None:
    with pytest.raises(InvalidArguments) as refused:
        at(WINTER, "Europe/Berln")
    assert "Europe/Berlin" in (refused.value.hint or "")
