"""What other daemons do to accounts, tokens and log-ins: known here within moments, and what is open of it is cut."""

from collections.abc import Collection
from dataclasses import dataclass

from triforce_daemon.access.logins import Logins
from triforce_daemon.access.presence import Presence
from triforce_daemon.access.tokens import PREFIX, Tokens
from triforce_daemon.access.users import Users
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.stores.fleet import Fleet

_TOKEN = PREFIX.encode()
#: So many credentials a second are looked for in the database: whoever tries some out shall not keep it busy.
LOOKS_A_SECOND = 20


@dataclass(frozen=True, slots=True)
class Unheard:
    """A credential that nobody knows here, though another daemon may have made it a moment ago."""

    credential: bytes


class Elsewhere:
    def __init__(self, users: Users, tokens: Tokens, logins: Logins, presence: Presence, clock: Clock) -> None:
        self._users = users
        self._tokens = tokens
        self._logins = logins
        self._presence = presence
        self._clock = clock
        self._second, self._looks = 0, 0

    def follow(self, fleet: Fleet) -> None:
        fleet.on_change("users", self.users_changed)
        fleet.on_change("tokens", self.tokens_changed)
        fleet.on_change("logins", self.logins_changed)

    async def users_changed(self, ids: Collection[str] | None) -> None:
        """Raises StorageFailed."""
        lost = await self._users.read_again(ids)
        self._presence.end(lambda caller: caller.user in lost)

    async def tokens_changed(self, ids: Collection[str] | None) -> None:
        """Raises StorageFailed."""
        gone = await self._tokens.read_again(ids)
        self._presence.end(lambda caller: caller.token in gone)

    async def logins_changed(self, ids: Collection[str] | None) -> None:
        """Raises StorageFailed."""
        ended = await self._logins.read_again(ids)
        self._presence.end(lambda caller: caller.login in ended)

    def may_look(self) -> bool:
        """Whether one more credential may be looked for now."""
        second = int(self._clock.ticks())
        if second != self._second:
            self._second, self._looks = second, 0
        self._looks += 1
        return self._looks <= LOOKS_A_SECOND

    async def look_for(self, credential: bytes) -> None:
        """Read what is kept of it. Raises StorageFailed."""
        book = self._tokens if credential.startswith(_TOKEN) else self._logins
        user = await book.look_for(credential)
        if user is not None and self._users.get(user) is None:
            await self._users.read_again([user])
