"""Passwords: kept as argon2 hashes, compared in threads, few at a time so that log-ins leave the machine to others."""

import asyncio
from functools import cached_property
from secrets import token_hex

from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from triforce_daemon.errors import TooManyAttempts
from triforce_daemon.runtime.threads import in_thread

#: What OWASP asks of argon2id: 19 MiB, two passes, one lane. A comparison takes about 50 ms.
_MEMORY_KIB = 19_456
_PASSES = 2
#: So many are compared at the same time,
AT_ONCE = 2
#: and so many wait for that; who comes on top is sent away.
IN_LINE = 32
_SHORTEST = 10
#: Nobody types more; and hashing what is endless is a way to keep others waiting.
LONGEST = 256


class Passwords:
    def __init__(self) -> None:
        self._hasher = Argon2Hasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=1)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._present = 0

    async def hash(self, password: str) -> str:
        """How it is kept. Raises TooManyAttempts."""
        async with _Place(self):
            return await in_thread(self._hasher.hash, password)

    async def fits(self, password: str, kept: str | None) -> bool:
        """Whether it is the one that was kept; takes as long where none was. Raises TooManyAttempts."""
        async with _Place(self):
            return await in_thread(self._fits, password, kept) and kept is not None

    def _fits(self, password: str, kept: str | None) -> bool:
        try:
            return self._hasher.verify(password[:LONGEST], kept or self._nobodys)
        except PwdlibError:
            return False

    @cached_property
    def _nobodys(self) -> str:
        """The hash of a password that nobody knows."""
        return self._hasher.hash(token_hex())

    def enter(self) -> None:
        if self._present >= AT_ONCE + IN_LINE:
            raise TooManyAttempts("Too many log in at this moment.", "Try again in a moment.", retry_after_ms=1_000)
        self._present += 1

    def leave(self) -> None:
        self._present -= 1

    @property
    def places(self) -> asyncio.Semaphore:
        return self._places


class _Place:
    """One of those who may wait, and then one of those who are served."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords

    async def __aenter__(self) -> None:
        self._passwords.enter()
        try:
            await self._passwords.places.acquire()
        except BaseException:
            self._passwords.leave()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._passwords.places.release()
        self._passwords.leave()


def problem_with(password: str, name: str) -> str | None:
    """Why this is no password for the account of that name; None where it is one."""
    if not _SHORTEST <= len(password) <= LONGEST:
        return f"A password has {_SHORTEST} to {LONGEST} characters."
    if name.casefold() in password.casefold() and len(password) < len(name) + _SHORTEST:
        return "The password is little more than the name."
    if len(set(password)) < 4:
        return "The password is the same few characters again and again."
    return None
