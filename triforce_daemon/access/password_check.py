"""Who somebody is by his name and password: slowly, evenly, and not too often."""

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256

from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.access.passwords import Passwords
from triforce_daemon.access.throttle import Throttle
from triforce_daemon.access.users import Users
from triforce_daemon.errors import Unauthenticated
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.stores.users import UserRow

#: How long a client that sends its password with each request is believed without looking again.
_BELIEVED_MS = 300_000
_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Basic:
    """What an `Authorization: Basic` header holds (RFC 7617)."""

    name: str
    password: str = field(repr=False)
    #: Of the whole header.
    digest: bytes


@dataclass(frozen=True, slots=True)
class _Believed:
    user: str
    #: The hash that it fitted: with another password nobody is believed any more.
    kept: str | None
    until_ms: int


class PasswordCheck:
    def __init__(self, users: Users, passwords: Passwords, throttle: Throttle, trail: Trail, clock: Clock) -> None:
        self._users = users
        self._passwords = passwords
        self._throttle = throttle
        self._trail = trail
        self._clock = clock
        self._believed: OrderedDict[bytes, _Believed] = OrderedDict()

    async def user(self, name: str, password: str, address: str | None) -> UserRow:
        """The account of that name and password.

        Raises Unauthenticated, in the same words and after the same time whether the name or the password is wrong or
        the account disabled; and TooManyAttempts, StorageFailed.
        """
        self._throttle.attempt(name, address, self._clock.ticks())
        row = await self._users.find(name)
        right = await self._passwords.fits(password, row["password"] if row is not None else None)
        # The account may have changed while the password was compared.
        if row is None or not right or self._users.named(name) != row or row["disabled"] is not None:
            # The name that was typed is kept only where it is one: else it may be a password in the wrong place.
            await self._trail.record("login", {"what": "refused"}, caller=None, subject=_account(row), address=address)
            raise Unauthenticated("The name or the password is wrong.", "Both count as they are written.")
        self._throttle.forgive(name, address)
        return row

    def known(self, basic: Basic, now_ms: int) -> Caller | Stranger | None:
        """Who sent this header lately; None where its password has to be looked at."""
        believed = self._believed.get(basic.digest)
        if believed is None:
            return None
        row = self._users.get(believed.user)
        if row is None or row["password"] != believed.kept or believed.until_ms <= now_ms:
            del self._believed[basic.digest]
            return None
        return self._users.caller_of(row["id"], now_ms)

    async def caller(self, basic: Basic, address: str | None) -> Caller | Stranger:
        """Who sent this header. Raises TooManyAttempts, StorageFailed."""
        try:
            row = await self.user(basic.name, basic.password, address)
        except Unauthenticated as error:
            return Stranger(error.message, error.hint or "")
        account = _account(row)
        await self._trail.record("login", {"what": "with each request"}, caller=account, address=address)
        now = self._clock.now_ms()
        self._believed[basic.digest] = _Believed(row["id"], row["password"], now + _BELIEVED_MS)
        if len(self._believed) > _REMEMBERED:
            self._believed.popitem(last=False)
        return self._users.caller_of(row["id"], now)


def _account(row: UserRow | None) -> str | None:
    """See `Caller.account`."""
    return f"user/{row['id']}" if row is not None else None


def digest_of(header: bytes) -> bytes:
    return sha256(header).digest()
