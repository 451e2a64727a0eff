"""Names and passwords: the same answer to everything that is wrong, and belief that ends."""

from base64 import b64encode
from collections.abc import AsyncIterator

import pytest

from tests.triforce_daemon.access.test_users import row
from tests.triforce_daemon.stores.audit.chains import House
from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.access.password_check import Basic, PasswordCheck, digest_of
from triforce_daemon.access.passwords import Passwords
from triforce_daemon.access.throttle import NAME, Throttle
from triforce_daemon.access.tiers import Tiers
from triforce_daemon.access.users import Users
from triforce_daemon.errors import TooManyAttempts, Unauthenticated
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.sqlite.database import SqliteDatabase
from triforce_daemon.stores.users import UserStore

PASSWORD = "correct horse"


@pytest.fixture
async def database(folder: str) -> AsyncIterator[Database]:
    opened = SqliteDatabase(f"{folder}/triforce.db", "normal", busy_seconds=5)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def users(database: Database) -> Users:
    book = Users(UserStore(database), Tiers())
    await book.add(row(name="anna", password=await Passwords().hash(PASSWORD)))
    return book


@pytest.fixture
def check(users: Users, database: Database) -> PasswordCheck:
    return PasswordCheck(users, Passwords(), Throttle(), House(database).trail, Clock())


def basic(password: str = PASSWORD) -> Basic:
    return Basic("anna", password, digest_of(b"Basic " + b64encode(f"anna:{password}".encode())))


async def test_all_that_is_wrong_is_answered_alike(check: PasswordCheck, users: Users) -> None:
    await users.add(row("b1", name="ben", password=None))
    await users.add(row("c1", name="cleo", password=users.all()[0]["password"], disabled=1))
    said: set[tuple[str, str | None]] = set()
    for name, password in (("anna", "wrong"), ("nobody", PASSWORD), ("ben", PASSWORD), ("cleo", PASSWORD), ("", "")):
        with pytest.raises(Unauthenticated) as raised:
            await check.user(name, password, None)
        said.add((raised.value.message, raised.value.hint))
    assert len(said) == 1
    assert (await check.user("anna", PASSWORD, None))["id"] == "a1"


async def test_guessing_is_slowed_down_for_names_that_exist_and_that_do_not(check: PasswordCheck) -> None:
    for name in ("anna", "nobody"):
        for _ in range(NAME.free):
            with pytest.raises(Unauthenticated):
                await check.user(name, "wrong", None)
        with pytest.raises(TooManyAttempts):
            await check.user(name, PASSWORD, None)


async def test_who_sends_his_password_each_time_is_believed_for_a_while(
    check: PasswordCheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = Clock().now_ms()
    assert check.known(basic(), now) is None
    assert isinstance(await check.caller(basic(), None), Caller)

    async def not_again(*_: object) -> bool:
        raise AssertionError("it was compared before")

    monkeypatch.setattr(Passwords, "fits", not_again)
    known = check.known(basic(), now)
    assert isinstance(known, Caller) and known.user == "a1"
    assert check.known(basic("wrong"), now) is None
    assert check.known(basic(), now + 301_000) is None


async def test_belief_ends_with_the_password_and_with_the_account(check: PasswordCheck, users: Users) -> None:
    await check.caller(basic(), None)
    now = Clock().now_ms()
    await users.change("a1", {"disabled": 1})
    assert isinstance(check.known(basic(), now), Stranger)
    await users.change("a1", {"disabled": None, "password": await Passwords().hash("another one")})
    assert check.known(basic(), now) is None
    assert isinstance(await check.caller(basic(), None), Stranger)
