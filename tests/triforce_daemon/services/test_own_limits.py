import pytest

from triforce_daemon.errors import InvalidRequest
from triforce_daemon.services.own_limits import checked
from triforce_daemon.wire.users import OwnLimitsPatch


def test_only_what_is_named_changes() -> None:
    assert checked({}) == {}
    assert checked({"parallel": None, "spend": "5/day"}) == {"parallel": None, "spend": "5/day"}


@pytest.mark.parametrize(
    "patch",
    [
        {"requests_per_minute": -1},
        {"tokens_per_day": 10**13},
        {"spend": "a lot"},
        {"models": ["a b"]},
        {"models": ["x"] * 65},
    ],
)
def test_what_makes_no_sense_is_refused(patch: OwnLimitsPatch) -> None:
    with pytest.raises(InvalidRequest):
        checked(patch)
