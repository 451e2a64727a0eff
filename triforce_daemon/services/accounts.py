"""An account as its holder deals with it: he registers, logs in, looks at himself, leaves."""

from triforce_daemon.access.caller import Caller
from triforce_daemon.access.logins import Logins, Pair
from triforce_daemon.access.password_check import PasswordCheck
from triforce_daemon.access.throttle import Throttle
from triforce_daemon.errors import Forbidden, InvalidRequest, Unauthenticated
from triforce_daemon.runtime.clock import Clock, rfc3339
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.services.invitations import Invitations
from triforce_daemon.services.users import UserDesk, checked_name
from triforce_daemon.settings import Users as Settings
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.stores.users import NO_LIMITS, UserRow
from triforce_daemon.wire.tiers import TierName
from triforce_daemon.wire.users import LoggedIn, LoggedOut, Profile, ProfilePatch, RegisterRequest


class Accounts:
    def __init__(
        self,
        desk: UserDesk,
        logins: Logins,
        check: PasswordCheck,
        invitations: Invitations,
        throttle: Throttle,
        trail: Trail,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._logins = logins
        self._check = check
        self._invitations = invitations
        self._throttle = throttle
        self._trail = trail
        self._settings = settings
        self._clock = clock

    async def register(self, request: RegisterRequest, address: str | None) -> LoggedIn:
        """A new account, logged in, of the tier that the settings or the invitation say, and of no other.

        Raises Forbidden, InvalidRequest, Conflict, TooManyAttempts, StorageFailed.
        """
        if self._settings.registration == "off":
            raise Forbidden("Nobody can register here.", "Whoever runs this daemon makes accounts.")
        self._throttle.attempt(None, address, self._clock.ticks())
        checked_name(request["name"])
        # Before the name is looked at: a name that is taken is answered no sooner than one that is free.
        password = await self._desk.hashed(request["password"], request["name"])
        code = request.get("invitation", "") if self._settings.registration == "invitation" else None
        tier = await self._invitations.take(code) if code is not None else self._settings.tier
        row = self._row(request["name"], password, tier)
        try:
            await self._desk.add(row)
        except BaseException:
            if code is not None:
                await self._invitations.give_back(code)
            raise
        return await self._begun(row, "register", address)

    async def log_in(self, name: str, password: str, address: str | None) -> LoggedIn:
        """Raises Unauthenticated, TooManyAttempts, StorageFailed."""
        return await self._begun(await self._check.user(name, password, address), "login", address)

    async def refresh(self, token: str) -> LoggedIn:
        """Raises Unauthenticated, StorageFailed."""
        user, pair = await self._logins.renew(token)
        return self._logged_in(self._row_of(user), pair, "refresh")

    async def log_out(self, caller: Caller, everywhere: bool) -> LoggedOut:
        """End the caller's log-in, or all of his account. Raises InvalidRequest, StorageFailed."""
        if caller.user is None or (caller.login is None and not everywhere):
            raise InvalidRequest("There is no log-in to end here.", "Send the access token of the one that you mean.")
        if everywhere:
            ended = await self._logins.end_all(caller.user)
        else:
            await self._logins.end(caller.login or "")
            ended = 1
        await self._trail.record("login", {"what": "logout", "ended": ended}, caller=caller.account)
        return LoggedOut(schema="triforce.auth.logout/1", ended=ended)

    def profile(self, caller: Caller) -> Profile:
        """Who is asking."""
        row = self._desk.users.get(caller.user) if caller.user is not None else None
        return Profile(
            schema="triforce.auth.whoami/1",
            kind=caller.kind,
            name=caller.name,
            scopes=sorted(caller.scopes),
            admin=caller.is_admin,
            user=self._desk.user(row) if row is not None else None,
        )

    async def change_password(self, caller: Caller, patch: ProfilePatch, address: str | None) -> Profile:
        """Set another password; all other log-ins end. Raises Unauthenticated, InvalidRequest, TooManyAttempts."""
        row = self._row_of(caller.user or "")
        await self._check.user(row["name"], patch["current_password"], address)
        kept = await self._desk.hashed(patch["password"], row["name"])
        await self._desk.users.change(row["id"], {"password": kept})
        await self._logins.end_all(row["id"], but=caller.login)
        return self.profile(caller)

    async def _begun(self, row: UserRow, verb: str, address: str | None) -> LoggedIn:
        """The account is logged in, and that is written down."""
        pair = await self._logins.begin(row["id"])
        await self._trail.record("login", {"what": verb}, caller=f"user/{row['id']}", address=address)
        return self._logged_in(row, pair, verb)

    def _row_of(self, user: str) -> UserRow:
        row = self._desk.users.get(user)
        if row is None:
            raise Unauthenticated("This account does not exist any more.", "Ask whoever runs this daemon.")
        return row

    def _row(self, name: str, password: str, tier: TierName) -> UserRow:
        return UserRow(
            id=session_id(),
            name=name,
            password=password,
            tier=tier,
            tier_expires=None,
            role="user",
            grants="",
            disabled=None,
            created=self._clock.now_ms(),
            **NO_LIMITS,
        )

    def _logged_in(self, row: UserRow, pair: Pair, verb: str) -> LoggedIn:
        return LoggedIn(
            schema=f"triforce.auth.{verb}/1",
            access_token=pair.access,
            token_type="Bearer",
            expires=rfc3339(pair.access_expires),
            refresh_token=pair.refresh,
            refresh_expires=rfc3339(pair.refresh_expires),
            user=self._desk.user(row),
        )
