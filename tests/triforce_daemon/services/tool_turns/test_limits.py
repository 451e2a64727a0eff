"""What ends a model that goes on calling tools."""

from decimal import Decimal

import pytest

from triforce_daemon.access.acting import Acting
from triforce_daemon.errors import InvalidRequest, TurnLimitReached
from triforce_daemon.services.tool_turns.limits import Limits
from triforce_daemon.wire.sessions import ToolLimits
from triforce_daemon.wire.usage import Usage

USED = Usage(input_tokens=3, output_tokens=2, estimated=False)


def test_what_nobody_says_is_the_usual() -> None:
    assert Limits.of({}) == Limits(16, 900.0, None)
    assert Limits.of({"rounds": 1, "cost": "0.25", "seconds": 5}) == Limits(1, 5, Decimal("0.25"))


@pytest.mark.parametrize(
    "wanted",
    [{"rounds": 0}, {"rounds": 101}, {"seconds": 0.5}, {"seconds": float("inf")}, {"cost": "-1"}, {"cost": "NaN"}],
)
def test_what_is_out_of_range_is_refused(wanted: ToolLimits) -> None:
    with pytest.raises(InvalidRequest):
        Limits.of(wanted)


def test_money_that_is_used_up_or_cannot_be_counted_ends_it() -> None:
    acting, limits = Acting("chat/a", frozenset()), Limits(cost=Decimal("0.5"))
    acting.used(USED, "0.4")
    limits.check(acting)
    acting.used(USED, "0.1")
    with pytest.raises(TurnLimitReached, match=r"0\.5 dollars"):
        limits.check(acting)
    unknown = Acting("chat/a", frozenset())
    unknown.used(USED, None)
    with pytest.raises(TurnLimitReached, match="nobody knows"):
        limits.check(unknown)
    Limits().check(unknown)


def test_it_says_what_was_used_up() -> None:
    assert "after 1 round," in str(Limits(rounds=1).too_many(1).message)
    assert "after 3 s." in str(Limits(seconds=3).too_late().message)
