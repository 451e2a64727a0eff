"""Passwords: slow to compare, never many at once, and as slow where there is none."""

import asyncio
import time

import pytest

from triforce_daemon.access import passwords as module
from triforce_daemon.access.passwords import Passwords, problem_with
from triforce_daemon.errors import TooManyAttempts

pytestmark = pytest.mark.usefixtures("dear")


async def test_the_right_one_fits_and_no_other() -> None:
    passwords = Passwords()
    kept = await passwords.hash("correct horse")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "correct" not in kept
    assert await passwords.fits("correct horse", kept)
    for wrong in ("correct hors", "correct horse ", "Correct horse", ""):
        assert not await passwords.fits(wrong, kept)
    assert not await passwords.fits("correct horse", None)
    assert not await passwords.fits("correct horse", "damaged")


async def test_where_there_is_none_it_takes_as_long() -> None:
    passwords = Passwords()
    kept = await passwords.hash("correct horse")
    await passwords.fits("x", None)

    async def best(kept: str | None) -> float:
        async def one() -> float:
            began = time.perf_counter()
            await passwords.fits("wrong horse", kept)
            return time.perf_counter() - began

        return min([await one() for _ in range(5)])

    assert 0.5 < await best(None) / await best(kept) < 2


async def test_few_are_compared_at_a_time_and_few_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IN_LINE", 3)
    passwords = Passwords()
    running, most = 0, 0

    def slow(*_: object) -> bool:
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.02)
        running -= 1
        return True

    monkeypatch.setattr(passwords, "_fits", slow)
    found = await asyncio.gather(*(passwords.fits("x", "y") for _ in range(10)), return_exceptions=True)
    assert [one for one in found if one is True] == [True] * (module.AT_ONCE + 3)
    refused = [one for one in found if isinstance(one, TooManyAttempts)]
    assert len(refused) == 10 - module.AT_ONCE - 3
    assert all(one.retry_after_ms for one in refused)
    assert most <= module.AT_ONCE
    assert await passwords.fits("x", "y")


async def test_the_loop_goes_on_meanwhile() -> None:
    passwords = Passwords()
    work = asyncio.create_task(passwords.hash("correct horse"))
    longest, before = 0.0, time.perf_counter()
    while not work.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
    assert longest < 0.04


@pytest.mark.parametrize("password", ["", "short", "x" * 257, "anna-anna-1", "abababababab", "anna123456"])
def test_what_is_no_password(password: str) -> None:
    assert problem_with(password, "anna")


@pytest.mark.parametrize("password", ["correct horse", "ümläutß und mehr", "my name is anna, really", "x1y2z3x1y2"])
def test_what_is_one(password: str) -> None:
    assert problem_with(password, "anna") is None
