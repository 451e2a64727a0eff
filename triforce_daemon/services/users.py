"""Accounts as whoever runs the daemon deals with them: made, changed, ended."""

import re
from typing import cast

from triforce_daemon.access.logins import Logins
from triforce_daemon.access.passwords import Passwords, problem_with
from triforce_daemon.access.presence import Presence
from triforce_daemon.access.tokens import Tokens
from triforce_daemon.access.users import Users
from triforce_daemon.errors import Conflict, InvalidRequest, NotFound
from triforce_daemon.runtime.clock import Clock, rfc3339, when
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.runtime.near import near
from triforce_daemon.services.moments import moment_to_come
from triforce_daemon.services.own_limits import checked, of_row
from triforce_daemon.stores.users import NO_LIMITS, UserChange, UserRow
from triforce_daemon.wire.tokens import Grant
from triforce_daemon.wire.users import NewUser, User, UserDetail, UserList, UserPatch, UserRevoked

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
#: What would be taken for somebody else.
_RESERVED = frozenset({"admin", "administrator", "erased", "guest", "owner", "root", "system", "triforce"})


class UserDesk:
    def __init__(
        self, users: Users, passwords: Passwords, logins: Logins, tokens: Tokens, presence: Presence, clock: Clock
    ) -> None:
        self.users = users
        self._passwords = passwords
        self._logins = logins
        self._tokens = tokens
        self._presence = presence
        self._clock = clock

    def all(self) -> UserList:
        """The oldest first."""
        items = [self.user(row) for row in self.users.all()]
        return UserList(schema="triforce.users.list/1", items=items, next=None)

    def show(self, name: str) -> UserDetail:
        """Raises NotFound."""
        return self._detail(self.find(name), "show")

    async def create(self, request: NewUser) -> UserDetail:
        """A new account. Raises InvalidRequest, Conflict, TooManyAttempts, StorageFailed."""
        checked_name(request["name"])
        expires = request.get("tier_expires")
        password = request.get("password")
        row = UserRow(
            id=session_id(),
            name=request["name"],
            password=await self.hashed(password, request["name"]) if password is not None else None,
            tier=request.get("tier", "free"),
            tier_expires=moment_to_come(expires, self._clock.now_ms()) if expires is not None else None,
            role=request.get("role", "user"),
            grants=" ".join(sorted(set(request.get("grants", [])))),
            disabled=None,
            created=self._clock.now_ms(),
            **NO_LIMITS,
        )
        row = cast(UserRow, {**row, **checked(request.get("limits", {}))})
        await self.add(row)
        return self._detail(row, "create")

    async def add(self, row: UserRow) -> None:
        """Raises Conflict where the name cannot be had, StorageFailed."""
        # Who has a name is never found where somebody's id is meant.
        taken = row["name"] in _RESERVED or self.users.get(row["name"]) is not None
        if taken or not await self.users.add(row):
            raise Conflict(f"The name {row['name']} cannot be had.", "Take another one.")

    async def change(self, name: str, patch: UserPatch) -> UserDetail:
        """Raises NotFound, InvalidRequest, TooManyAttempts, StorageFailed."""
        row = self.find(name)
        change = await self._change(row, patch)
        if row["disabled"] is not None and change.get("disabled") is not None:
            del change["disabled"]
        try:
            row = await self.users.change(row["id"], change)
        finally:
            if change.get("disabled") is not None:
                self._cut(row["id"])
        if "password" in change:
            await self._logins.end_all(row["id"])
        if "role" in change or "grants" in change:
            # What is open was begun with other rights.
            self._cut(row["id"])
        return self._detail(row, "change")

    async def revoke(self, name: str) -> UserRevoked:
        """End every log-in and every token of an account. Raises NotFound, StorageFailed."""
        user = self.find(name)["id"]
        try:
            logins, tokens = await self._logins.end_all(user), await self._tokens.revoke_all(user)
        finally:
            self._cut(user)
        return UserRevoked(schema="triforce.users.revoke/1", user=name, logins=logins, tokens=tokens)

    def find(self, name: str) -> UserRow:
        """The account of that name or id. Raises NotFound."""
        row = self.users.get(name) or self.users.named(name)
        if row is None:
            alike = near(name, [row["name"] for row in self.users.all()])
            raise NotFound(f"There is no user {name!r}.", "See `triforce users list`.", near=alike)
        return row

    async def hashed(self, password: str, name: str) -> str:
        """How the password is kept. Raises InvalidRequest, TooManyAttempts."""
        problem = problem_with(password, name)
        if problem is not None:
            raise InvalidRequest(problem, "Several words that do not belong together are easy to keep in mind.")
        return await self._passwords.hash(password)

    def user(self, row: UserRow) -> User:
        """The account in the words that travel."""
        return User(
            id=row["id"],
            name=row["name"],
            tier=self.users.tier(row, self._clock.now_ms()).name,
            tier_expires=when(row["tier_expires"]),
            role=row["role"],
            grants=cast("list[Grant]", row["grants"].split()),
            disabled=when(row["disabled"]),
            created=rfc3339(row["created"]),
            password=row["password"] is not None,
            limits=of_row(row),
        )

    async def _change(self, row: UserRow, patch: UserPatch) -> UserChange:
        change = checked(patch.get("limits", {}))
        if "tier" in patch:
            # Another tier does not end when the one before would have.
            change["tier"], change["tier_expires"] = patch["tier"], None
        expires = patch.get("tier_expires")
        if "tier_expires" in patch:
            change["tier_expires"] = None if expires is None else moment_to_come(expires, self._clock.now_ms())
        if "role" in patch:
            change["role"] = patch["role"]
        if "grants" in patch:
            change["grants"] = " ".join(sorted(set(patch["grants"])))
        if "disabled" in patch:
            change["disabled"] = self._clock.now_ms() if patch["disabled"] else None
        if "password" in patch:
            change["password"] = await self.hashed(patch["password"], row["name"])
        return change

    def _cut(self, user: str) -> None:
        self._presence.end(lambda caller: caller.user == user)

    def _detail(self, row: UserRow, verb: str) -> UserDetail:
        tokens = [one for one in self._tokens.all() if one["user"] == row["id"] and one["revoked"] is None]
        logins = len(self._logins.of(row["id"]))
        return UserDetail(**self.user(row), schema=f"triforce.users.{verb}/1", logins=logins, tokens=len(tokens))


def checked_name(name: str) -> None:
    """Raises InvalidRequest for what is no name of an account."""
    if not _NAME.fullmatch(name):
        raise InvalidRequest(
            "That is no name for an account.", "Up to 32 of a-z, 0-9, dots, - and _, beginning with one of the first."
        )
