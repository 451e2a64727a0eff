"""The table of tiers, and what the settings change in it."""

import pytest

from triforce_daemon import settings
from triforce_daemon.access.tiers import NAMES, Tiers


def test_the_table() -> None:
    rows = {
        item["name"]: (item["requests_per_minute"], item["parallel"], item["tokens_per_day"], item["models"])
        for item in Tiers().page()["items"]
    }
    assert rows == {
        "guest": (10, 2, 10_000, "local"),
        "free": (30, 4, 100_000, "zero-price"),
        "pro": (60, 8, 250_000, "all"),
        "unlimited": (300, 32, None, "all"),
        "admin": (None, None, None, "all"),
    }
    assert [name for name in NAMES if not Tiers().get(name).count_local] == ["pro"]


def test_a_setting_changes_what_it_names_and_nothing_else() -> None:
    tiers = Tiers({"free": settings.Tier(parallel=9, tokens_per_day=0, local_tokens="free", models="all")})
    free = tiers.get("free")
    assert (free.requests_per_minute, free.parallel, free.tokens_per_day) == (30, 9, 0)
    assert (free.count_local, free.models) == (False, "all")
    assert tiers.get("pro").parallel == 8


@pytest.mark.parametrize(
    ("tier", "cloud", "free_cloud", "local"),
    [("guest", False, False, True), ("free", False, True, True), ("pro", True, True, True)],
)
def test_what_each_may_ask(tier: str, cloud: bool, free_cloud: bool, local: bool) -> None:
    rule = next(Tiers().get(name) for name in NAMES if name == tier)
    assert rule.admits(local=False, free=False) is cloud
    assert rule.admits(local=False, free=True) is free_cloud
    assert rule.admits(local=True, free=False) is local


def test_a_tier_knows_the_better_ones() -> None:
    assert [tier.name for tier in Tiers().get("guest").above] == ["free", "pro", "unlimited"]
    assert Tiers().get("unlimited").above == ()
