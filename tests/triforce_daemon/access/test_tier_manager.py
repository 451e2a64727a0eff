"""What a caller may use, by whom and what he is."""

from dataclasses import replace
from typing import Any, cast

import pytest

from triforce_daemon.access.acting import Acting
from triforce_daemon.access.caller import Caller
from triforce_daemon.access.tier_manager import TierManager, budget
from triforce_daemon.access.tiers import Tiers
from triforce_daemon.access.users import Users
from triforce_daemon.stores.counters.counters import Scope
from triforce_daemon.stores.users import NO_LIMITS, UserRow, UserStore

TIERS = Tiers()


class Rows:
    """A store that keeps nothing."""

    async def insert(self, row: UserRow) -> None: ...

    async def change(self, user: str, change: object) -> None: ...


async def users(**own: Any) -> Users:
    known = Users(cast(UserStore, Rows()), TIERS)
    row: dict[str, Any] = {
        "id": "a1", "name": "anna", "password": None, "tier": "pro", "tier_expires": None, "role": "user",
        "grants": "", "disabled": None, "created": 1, **NO_LIMITS, **own,
    }  # fmt: skip
    await known.add(cast(UserRow, row))
    return known


def caller(known: Users, now: int = 5) -> Caller:
    found = known.caller_of("a1", now)
    assert isinstance(found, Caller)
    return found


async def test_a_tier_is_what_an_account_has() -> None:
    known = await users()
    allowance = TierManager(known).allowance(caller(known))
    assert allowance.scopes == (Scope("user/a1", 60, 8, 250_000, count_local=False),)
    assert (allowance.count_local, allowance.money) == (False, False)


async def test_what_was_set_for_him_alone_goes_before_and_0_is_no_limit() -> None:
    known = await users(requests_per_minute=5, parallel=0, spend="2/day")
    allowance = TierManager(known).allowance(caller(known))
    [scope] = allowance.scopes
    assert (scope.requests, scope.parallel, scope.tokens) == (5, None, 250_000)
    assert (scope.spend, scope.period, allowance.money) == (2 * 10**9, "day", True)


async def test_a_tier_that_has_ended_is_free() -> None:
    known = await users(tier_expires=10)
    tiers = TierManager(known)
    assert [tiers.allowance(caller(known, now)).scopes[0].requests for now in (9, 10)] == [60, 30]


async def test_an_admin_has_only_what_is_set_for_him() -> None:
    known = await users(role="admin")
    tiers = TierManager(known)
    assert tiers.allowance(caller(known)).scopes == ()
    await known.change("a1", {"parallel": 3})
    assert tiers.allowance(caller(known)).scopes == (Scope("user/a1", parallel=3),)


async def test_a_token_has_its_own_beside_its_accounts() -> None:
    known = await users()
    own = budget("t1", 10, "5/month")
    token = replace(caller(known), kind="token", token="t1", budget=own)
    scopes = TierManager(known, "100/month").allowance(token).scopes
    assert [scope.key for scope in scopes] == ["token/t1", "user/a1", "daemon"]
    assert scopes[0] == Scope("token/t1", requests=10, spend=5 * 10**9, period="month")
    assert budget("t2", None, None) is None


async def test_the_owner_is_bound_by_what_binds_all_and_guests_by_their_tier() -> None:
    known = await users()
    owner = Caller(kind="owner", name="root")
    tiers = TierManager(known)
    assert tiers.allowance(owner).scopes == ()
    tiers.take("0/day")
    assert tiers.allowance(owner).scopes == (Scope("daemon", spend=0, period="day"),)
    tiers.take("")
    guest = Caller(kind="guest", name="guest", tier=TIERS.get("guest"))
    assert tiers.allowance(guest).scopes == (Scope("guest", 10, 2, 10_000),)


async def test_an_allowance_is_made_once_as_long_as_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    known = await users()
    tiers = TierManager(known)
    first = tiers.allowance(caller(known))
    assert tiers.allowance(caller(known)) is first
    await known.change("a1", {"requests_per_minute": 7})
    assert tiers.allowance(caller(known)).scopes[0].requests == 7


async def test_what_belongs_to_a_counted_request_counts_its_tokens_alone() -> None:
    known = await users(requests_per_minute=3, parallel=1, tokens_per_day=9)
    manager, own = TierManager(known, "5"), caller(known)
    acting = replace(own, acting=Acting("chat/a", frozenset()))
    (scope, daemon), (again, _) = manager.allowance(own).scopes, manager.allowance(acting).scopes
    assert (scope.requests, scope.parallel, scope.tokens) == (3, 1, 9)
    assert (again.requests, again.parallel, again.tokens, again.key) == (None, None, 9, scope.key)
    assert again.shape == scope.shape and daemon.spend
