"""Accounts in memory: what somebody may do at this very moment."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.access.tiers import Tiers
from triforce_daemon.access.users import Users
from triforce_daemon.errors import StorageFailed
from triforce_daemon.settings import Tier
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.sqlite.database import SqliteDatabase
from triforce_daemon.stores.users import NO_LIMITS, UserRow, UserStore


def row(id: str = "a1", **other: Any) -> UserRow:
    made = UserRow(
        grants="",
        id=id,
        name=f"anna-{id}",
        password=None,
        tier="pro",
        tier_expires=None,
        role="user",
        disabled=None,
        created=1,
        **NO_LIMITS,
    )
    return cast(UserRow, {**made, **other})


@pytest.fixture
async def database(folder: str) -> AsyncIterator[Database]:
    opened = SqliteDatabase(f"{folder}/triforce.db", "normal", busy_seconds=5)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def users(database: Database) -> Users:
    return Users(UserStore(database), Tiers())


async def restarted(database: Database) -> Users:
    again = Users(UserStore(database), Tiers())
    await again.load()
    return again


async def test_an_account_is_there_now_and_after_a_restart(users: Users, database: Database) -> None:
    assert await users.add(row())
    for book in (users, await restarted(database)):
        caller = book.caller_of("a1", 5, "l1")
        assert isinstance(caller, Caller)
        assert (caller.kind, caller.name, caller.account, caller.login) == ("user", "user/anna-a1", "user/a1", "l1")
        assert (caller.tier and caller.tier.name, caller.is_admin, caller.is_owner) == ("pro", False, False)
        assert book.called(caller.account) == caller.name
    assert users.called("user/b1") == "user/b1"
    assert [users.account_of(name) for name in ("anna-a1", "user/anna-a1", "token/ci")] == [
        "user/a1",
        "user/a1",
        "token/ci",
    ]
    assert users.called("token/a1") == "token/a1"


async def test_a_tier_ends_in_its_millisecond(users: Users) -> None:
    await users.add(row(tier="unlimited", tier_expires=1_000))
    names = [users.tier(row(tier="unlimited", tier_expires=1_000), now).name for now in (999, 1_000)]
    assert names == ["unlimited", "free"]
    for now, name in ((999, "unlimited"), (1_000, "free")):
        caller = users.caller_of("a1", now)
        assert isinstance(caller, Caller) and caller.tier is not None and caller.tier.name == name


async def test_who_was_seen_before_is_seen_as_he_is_now(users: Users) -> None:
    """A caller is made once for as long as nothing changes that it is made of."""
    await users.add(row())
    before = users.caller_of("a1", 5)
    assert users.caller_of("a1", 6) is before
    assert isinstance(before, Caller) and before.tier is not None
    login = users.caller_of("a1", 5, "l1")
    assert isinstance(login, Caller) and login.login == "l1" and before.login is None
    users.tiers.take({"pro": Tier(requests_per_minute=7)})
    taken = users.caller_of("a1", 5)
    assert isinstance(taken, Caller) and taken.tier is not None and taken.tier.requests_per_minute == 7
    await users.change("a1", {"grants": "agents"})
    granted = users.caller_of("a1", 5)
    assert isinstance(granted, Caller) and granted.scopes - before.scopes == {"agents"}
    await users.change("a1", {"disabled": 9})
    assert isinstance(users.caller_of("a1", 10), Stranger)


async def test_an_admin_has_no_tier_and_is_no_owner(users: Users) -> None:
    await users.add(row(role="admin"))
    caller = users.caller_of("a1", 5)
    assert isinstance(caller, Caller)
    assert (caller.tier, caller.is_admin, caller.is_owner) == (None, True, False)


async def test_a_name_is_given_once(users: Users) -> None:
    assert await users.add(row())
    assert not await users.add(row("b1", name="anna-a1"))
    assert [one["id"] for one in users.all()] == ["a1"]


async def test_a_name_that_could_not_be_kept_is_free_again(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:
        raise StorageFailed("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(UserStore, "insert", full)
        with pytest.raises(StorageFailed):
            await users.add(row())
    assert users.named("anna-a1") is None
    assert await users.add(row())


async def test_who_cannot_be_disabled_on_disk_is_so_nevertheless(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    await users.add(row())

    async def full(*_: object) -> None:
        raise StorageFailed("The disk is full.")

    monkeypatch.setattr(UserStore, "change", full)
    with pytest.raises(StorageFailed):
        await users.change("a1", {"disabled": 5})
    assert isinstance(users.caller_of("a1", 6), Stranger)
    with pytest.raises(StorageFailed):
        await users.change("a1", {"tier": "unlimited"})
    assert users.tier(users.all()[0], 6).name == "pro"


async def test_a_change_changes_what_it_names(users: Users, database: Database) -> None:
    await users.add(row())
    await users.change("a1", {"role": "admin"})
    await users.change("a1", {"tier": "free", "tier_expires": 7})
    for book in (users, await restarted(database)):
        assert book.all() == [row(role="admin", tier="free", tier_expires=7)]


async def test_who_is_forgotten_is_a_stranger(users: Users) -> None:
    await users.add(row())
    users.forget("a1")
    users.forget("a1")
    assert isinstance(users.caller_of("a1", 5), Stranger)
    assert users.named("anna-a1") is None


async def test_whom_another_daemon_has_made_is_found_but_nobody_who_is_deleted_meanwhile(database: Database) -> None:
    class Slow(UserStore):
        async def named(self, name: str) -> UserRow | None:
            kept = await super().named(name)
            # What becomes of the account while its row is on the way.
            users.forget("a1")
            return kept

    users = Users(Slow(database), Tiers(), shared=True)
    await UserStore(database).insert(row("b1"))
    await users.add(row("a1"))
    assert await users.find("anna-b1") == row("b1")
    users._put(row("a1"))
    assert await users.find("anna-a1") is None
    assert await users.find("anna-none") is None
    assert await Users(UserStore(database), Tiers()).find("anna-b1") is None
