"""Log-ins: short tokens, renewed once each; ended at once, and for good."""

import asyncio
import timeit
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.triforce_daemon.access.test_users import row
from tests.triforce_daemon.stores.audit.chains import House
from triforce_daemon.access import logins as module
from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.access.logins import Logins
from triforce_daemon.access.presence import Presence
from triforce_daemon.access.signing import Signer
from triforce_daemon.access.tiers import Tiers
from triforce_daemon.access.users import Users
from triforce_daemon.errors import StorageFailed, Unauthenticated
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.logins import LoginStore
from triforce_daemon.stores.sqlite.database import SqliteDatabase
from triforce_daemon.stores.users import UserStore

SIGNER = Signer(b"k" * 48)


class Later(Clock):
    """The world's clock, put forward."""

    ahead = 0.0

    def now_ms(self) -> int:
        return super().now_ms() + int(self.ahead * 1_000)


@pytest.fixture
async def database(folder: str) -> AsyncIterator[Database]:
    opened = SqliteDatabase(f"{folder}/triforce.db", "normal", busy_seconds=5)
    await opened.open()
    yield opened
    await opened.close()


async def book(database: Database, presence: Presence | None = None) -> Logins:
    users = Users(UserStore(database), Tiers())
    await users.load()
    if users.get("a1") is None:
        await users.add(row())
    made = Logins(
        LoginStore(database),
        users,
        SIGNER,
        presence or Presence(),
        House(database).trail,
        Later(),
        access_minutes=15,
        login_days=30,
    )
    await made.load()
    return made


@pytest.fixture
async def logins(database: Database) -> Logins:
    return await book(database)


def who(logins: Logins, token: str, ahead_ms: int = 0) -> Caller | Stranger:
    return logins.caller_of(token.encode(), Clock().now_ms() + ahead_ms)


async def test_an_access_token_names_its_account_now_and_after_a_restart(logins: Logins, database: Database) -> None:
    pair = await logins.begin("a1")
    for one in (logins, await book(database)):
        for _ in range(2):
            caller = who(one, pair.access)
            assert isinstance(caller, Caller)
            assert (caller.user, caller.kind) == ("a1", "user")
            assert caller.login == logins.of("a1")[0]["id"]


async def test_it_ends_after_its_minutes_also_where_it_was_verified_before(logins: Logins) -> None:
    pair = await logins.begin("a1")
    assert isinstance(who(logins, pair.access), Caller)
    assert isinstance(who(logins, pair.access, 14 * 60_000), Caller)
    assert isinstance(who(logins, pair.access, 15 * 60_000), Stranger)
    # The signature is looked at again, and is still right by the real clock.
    assert isinstance(who(logins, pair.access), Caller)


async def test_only_the_whole_token_is_remembered(logins: Logins) -> None:
    token = (await logins.begin("a1")).access
    assert isinstance(who(logins, token), Caller)
    for other in (token[:-1], token + "x", token[:20], token.swapcase(), token.rpartition(".")[0] + "."):
        assert isinstance(who(logins, other), Stranger)


async def test_a_refresh_token_is_good_once_and_twice_it_ends_the_log_in(logins: Logins, database: Database) -> None:
    first = await logins.begin("a1")
    other = await logins.begin("a1")
    user, second = await logins.renew(first.refresh)
    assert user == "a1"
    assert isinstance(who(logins, second.access), Caller)
    with pytest.raises(Unauthenticated, match="used before"):
        await logins.renew(first.refresh)
    for token in (first.access, second.access):
        assert isinstance(who(logins, token), Stranger)
    for refresh in (first.refresh, second.refresh):
        with pytest.raises(Unauthenticated):
            await logins.renew(refresh)
    assert isinstance(who(logins, other.access), Caller)
    assert len((await book(database)).of("a1")) == 1


async def test_of_two_who_come_at_the_same_time_one_is_the_second(logins: Logins) -> None:
    pair = await logins.begin("a1")
    found = await asyncio.gather(*(logins.renew(pair.refresh) for _ in range(5)), return_exceptions=True)
    assert len([one for one in found if isinstance(one, Unauthenticated)]) == 4
    assert logins.of("a1") == []


async def test_after_a_restart_the_new_refresh_token_counts(logins: Logins, database: Database) -> None:
    first = await logins.begin("a1")
    _, second = await logins.renew(first.refresh)
    again = await book(database)
    await again.renew(second.refresh)
    with pytest.raises(Unauthenticated):
        await again.renew(second.refresh)


async def test_a_refresh_token_survives_a_disk_that_is_full(logins: Logins, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = await logins.begin("a1")

    async def full(*_: object, **__: object) -> None:
        raise StorageFailed("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(LoginStore, "renew", full)
        with pytest.raises(StorageFailed):
            await logins.renew(pair.refresh)
    await logins.renew(pair.refresh)


async def test_an_access_token_renews_nothing_and_a_refresh_token_opens_nothing(logins: Logins) -> None:
    pair = await logins.begin("a1")
    assert isinstance(who(logins, pair.refresh), Stranger)
    for wrong in (pair.access, "", "x", "ü", pair.refresh[:-1]):
        with pytest.raises(Unauthenticated):
            await logins.renew(wrong)


async def test_an_end_is_at_once_and_cuts_what_is_open(database: Database) -> None:
    presence, cut = Presence(), list[str]()
    logins = await book(database, presence)
    pair, other = await logins.begin("a1"), await logins.begin("a1")
    for name, token in (("mine", pair.access), ("other", other.access)):
        caller = who(logins, token)
        assert isinstance(caller, Caller)
        presence.enter(caller, lambda name=name: cut.append(name))
    await logins.end(logins.of("a1")[0]["id"])
    assert cut == ["mine"]
    assert isinstance(who(logins, pair.access), Stranger)
    assert isinstance(who(logins, other.access), Caller)
    assert await logins.end_all("a1") == 1
    assert isinstance(who(logins, other.access), Stranger)
    assert (await book(database)).of("a1") == []


async def test_an_end_that_cannot_be_written_counts_nevertheless(
    logins: Logins, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = await logins.begin("a1")

    async def full(*_: object) -> None:
        raise StorageFailed("The disk is full.")

    monkeypatch.setattr(LoginStore, "end", full)
    with pytest.raises(StorageFailed):
        await logins.end_all("a1")
    assert isinstance(who(logins, pair.access), Stranger)


async def test_the_oldest_makes_room(logins: Logins, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_EACH", 3)
    pairs = [await logins.begin("a1") for _ in range(5)]
    assert [isinstance(who(logins, pair.access), Caller) for pair in pairs] == [False, False, True, True, True]


async def test_what_is_remembered_stays_small(logins: Logins, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 2)
    pairs = [await logins.begin("a1") for _ in range(4)]
    for _ in range(2):
        assert all(isinstance(who(logins, pair.access), Caller) for pair in pairs)
    assert len(_remembered(logins)) == 2


def _remembered(logins: Any) -> Any:
    return logins._verified


async def test_old_log_ins_are_forgotten(logins: Logins, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await logins.begin("a1")
    monkeypatch.setattr(Later, "ahead", 31 * 86_400.0)
    assert (await book(database)).of("a1") == []


async def test_what_is_on_every_requests_path_is_fast(logins: Logins) -> None:
    token, now = (await logins.begin("a1")).access.encode(), Clock().now_ms()
    seconds = min(timeit.repeat(lambda: logins.caller_of(token, now), number=1_000, repeat=5)) / 1_000
    # Measured: 3 µs; the signature's check takes 60.
    assert seconds < 0.000_05
