"""Log-ins: a short access token and a refresh token that is good once. Who is known is known from memory."""

import logging
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.access.presence import Presence
from triforce_daemon.access.signing import Claims, NotYet, Signer, Use
from triforce_daemon.access.users import Users
from triforce_daemon.errors import ClockWrong, Unauthenticated
from triforce_daemon.runtime.clock import Clock, rfc3339
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.stores.logins import LoginRow, LoginStore

log = logging.getLogger(__name__)

#: So many tokens are remembered as verified; each of the others costs a signature's check.
REMEMBERED = 10_000
#: So many log-ins one account has; the oldest makes room.
_MOST_EACH = 50
_DAY_MS = 86_400_000

_AGAIN = "Log in again: POST /v1/client/login."


@dataclass(frozen=True, slots=True)
class Pair:
    """What a program gets that has logged in; moments are in ms."""

    access: str
    access_expires: int
    refresh: str
    refresh_expires: int


class Logins:
    def __init__(
        self, store: LoginStore, users: Users, signer: Signer, presence: Presence, trail: Trail, clock: Clock,
        *, access_minutes: int, login_days: int, shared: bool = False,
    ) -> None:  # fmt: skip
        """`shared`: whether other daemons renew and end log-ins too."""
        self._store = store
        self._users = users
        self._signer = signer
        self._presence = presence
        self._trail = trail
        self._clock = clock
        self._access_ms = access_minutes * 60_000
        self._login_ms = login_days * _DAY_MS
        self._shared = shared
        self._open: dict[str, LoginRow] = {}
        #: By the SHA-256 of the whole token: what it says, once its signature was found right.
        self._verified: OrderedDict[bytes, Claims] = OrderedDict()

    async def load(self) -> None:
        """Read what is kept. Raises StorageFailed."""
        self._open = {row["id"]: row for row in await self._store.all(self._clock.now_ms())}

    async def read_again(self, ids: Collection[str] | None) -> set[str]:
        """What another daemon may have changed of `ids`, or of any; those that have ended. Raises StorageFailed."""
        before = {login for login in self._open if ids is None or login in ids}
        found = {row["id"]: row for row in await self._store.some(ids)}
        for login in before - found.keys():
            self._open.pop(login, None)
        self._open.update(found)
        return before - found.keys()

    async def look_for(self, secret: bytes) -> str | None:
        """Read what is kept of this access token's log-in; whose it is. Raises StorageFailed."""
        try:
            claims = self._signer.read(secret, "access")
        except NotYet:
            return None
        if claims is None:
            return None
        await self.read_again([claims["sid"]])
        return claims["sub"]

    def looks_like_one(self, secret: bytes) -> bool:
        """Whether a secret says to be an access token."""
        return self._signer.looks_like_one(secret)

    def caller_of(self, secret: bytes, now_ms: int) -> Caller | Stranger:
        """Who holds this access token; a stranger where it is forged, over, or its log-in has ended."""
        try:
            claims = self._claims(secret, now_ms)
        except NotYet:
            return Stranger(*_wrong_clock(now_ms), error=ClockWrong)
        if claims is None:
            return Stranger("This access token is not known here, or its time is over.", _AGAIN)
        login = self._open.get(claims["sid"])
        if login is None or login["user"] != claims["sub"]:
            return Stranger("This log-in has ended.", _AGAIN)
        return self._users.caller_of(login["user"], now_ms, login["id"])

    async def begin(self, user: str) -> Pair:
        """Log the account in. Raises StorageFailed."""
        own = [row["id"] for row in self._open.values() if row["user"] == user]
        await self.end(*own[: max(len(own) - _MOST_EACH + 1, 0)])
        now = self._clock.now_ms()
        row = LoginRow(
            id=session_id(), user=user, refresh=session_id(), created=now, used=now, expires=now + self._login_ms
        )
        await self._store.insert(row)
        self._open[row["id"]] = row
        return self._pair(row)

    async def renew(self, refresh: str) -> tuple[str, Pair]:
        """New tokens for a refresh token, which is used up by it, and whose they are.

        Used twice, it ends its log-in: one of the two who have it has stolen it, and nobody can tell which.
        Raises Unauthenticated, ClockWrong, StorageFailed.
        """
        try:
            claims = self._signer.read(refresh.encode(errors="replace"), "refresh")
        except NotYet:
            raise ClockWrong(*_wrong_clock(self._clock.now_ms())) from None
        if claims is not None and self._shared:
            # Another daemon may have given it out a moment ago.
            await self.read_again([claims["sid"]])
            if self._users.get(claims["sub"]) is None:
                await self._users.read_again([claims["sub"]])
        login = self._open.get(claims["sid"]) if claims is not None else None
        if claims is None or login is None or login["user"] != claims["sub"]:
            raise Unauthenticated("This log-in has ended.", _AGAIN)
        if login["refresh"] != claims["jti"]:
            raise await self._used_twice(login)
        standing = self._users.caller_of(login["user"], self._clock.now_ms())
        if isinstance(standing, Stranger):
            raise Unauthenticated(standing.message, standing.hint)
        return login["user"], await self._renewed(login)

    async def end(self, *logins: str) -> None:
        """Refuse them from this moment on, whether or not that can be written. Raises StorageFailed."""
        ended = [login for login in logins if self._open.pop(login, None) is not None]
        if ended:
            self._presence.end(lambda caller: caller.login in ended)
            await self._store.end(*ended)

    async def end_all(self, user: str, but: str | None = None) -> int:
        """End every log-in of an account, but for one; how many there were. Raises StorageFailed."""
        own = [row["id"] for row in self._open.values() if row["user"] == user and row["id"] != but]
        await self.end(*own)
        return len(own)

    def of(self, user: str) -> list[LoginRow]:
        """The oldest first."""
        return [row for row in self._open.values() if row["user"] == user]

    async def _renewed(self, login: LoginRow) -> Pair:
        now = self._clock.now_ms()
        row: LoginRow = {**login, "refresh": session_id(), "used": now, "expires": now + self._login_ms}
        # Before anything is awaited: of two who come at the same time with one token, one is the second.
        self._open[row["id"]] = row
        try:
            renewed = await self._store.renew(row, before=login["refresh"])
        except BaseException:
            if self._open.get(row["id"]) is row:
                self._open[row["id"]] = login
            raise
        if not renewed:
            # Another daemon was quicker.
            raise await self._used_twice(row)
        return self._pair(row)

    async def _used_twice(self, login: LoginRow) -> Unauthenticated:
        log.warning("a refresh token was used twice", extra={"login": login["id"], "user": login["user"]})
        await self.end(login["id"])
        told = {"what": "refused", "reason": "a refresh token was used twice", "login": login["id"]}
        await self._trail.record("login", told, caller=None, subject=f"user/{login['user']}")
        return Unauthenticated("This refresh token was used before; its log-in has ended.", _AGAIN)

    def _pair(self, row: LoginRow) -> Pair:
        now = self._clock.now_ms()
        until = min(now + self._access_ms, row["expires"])
        return Pair(
            access=self._signed("access", row, session_id(), now, until),
            access_expires=until,
            refresh=self._signed("refresh", row, row["refresh"], now, row["expires"]),
            refresh_expires=row["expires"],
        )

    def _signed(self, use: Use, row: LoginRow, name: str, now: int, until: int) -> str:
        return self._signer.sign(
            use, Claims(sub=row["user"], sid=row["id"], jti=name, exp=until // 1_000), now // 1_000
        )

    def _claims(self, secret: bytes, now_ms: int) -> Claims | None:
        digest = sha256(secret).digest()
        claims = self._verified.get(digest)
        if claims is None:
            claims = self._signer.read(secret, "access")
            if claims is not None:
                self._remember(digest, claims)
        elif claims["exp"] * 1_000 <= now_ms:
            del self._verified[digest]
            return None
        return claims

    def _remember(self, digest: bytes, claims: Claims) -> None:
        self._verified[digest] = claims
        if len(self._verified) > REMEMBERED:
            self._verified.popitem(last=False)


def _wrong_clock(now_ms: int) -> tuple[str, str]:
    return (
        f"This log-in begins in the future: the daemon's clock says {rfc3339(now_ms)}.",
        "Set the clock of the daemon's machine (timedatectl), or log in again if it is right.",
    )
