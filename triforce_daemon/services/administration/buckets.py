"""What limits whom, and what is left of it: one's own, for admins everybody's."""

from dataclasses import dataclass

from typing_extensions import TypedDict

from triforce_daemon.access.caller import Caller
from triforce_daemon.access.tokens import Tokens
from triforce_daemon.access.users import Users
from triforce_daemon.errors import InvalidArguments, NotFound
from triforce_daemon.runtime.clock import Clock, parse_rfc3339
from triforce_daemon.services.limits import LimitDesk
from triforce_daemon.wire.limits import Limit

#: So many accounts are looked at.
MOST = 1_000


class Bucket(TypedDict):
    key: str
    """Whose, of what, in which time: `user/anna requests/minute`."""
    limit: int | str
    """Of `spend`, this and the next two are dollars as decimal text."""
    used: int | str
    remaining: int | str
    reset_in: int | None
    """Seconds until all of it is there again; null: it does not come back, or nothing is used."""


@dataclass(frozen=True, slots=True)
class Buckets:
    limits: LimitDesk
    users: Users
    tokens: Tokens
    clock: Clock

    async def find(self, caller: Caller, user: str | None, agent: str | None) -> list[Bucket]:
        """Those of an account, or of the token that an agent holds; without either the caller's, for admins all.

        Raises Forbidden, NotFound, Conflict, InvalidArguments, StorageFailed.
        """
        if agent is not None:
            if user is not None:
                raise InvalidArguments("There are both a user and an agent.", "Name one of the two.")
            return await self._of_token(caller, agent)
        if user is not None:
            whose = self.users.get(user) or self.users.named(user)
            name = f"user/{whose['name']}" if whose is not None else user
            return self._named(name, (await self.limits.page(caller, user))["items"])
        found = self._named(caller.name, await self.limits.left(caller))
        if caller.is_admin:
            for row in [row for row in self.users.all() if row["disabled"] is None][:MOST]:
                found += self._named(f"user/{row['name']}", (await self.limits.page(caller, row["id"]))["items"])
        # What all share is told once.
        return list({bucket["key"]: bucket for bucket in found}.values())

    async def _of_token(self, caller: Caller, name: str) -> list[Bucket]:
        rows = [row for row in self.tokens.all() if row["revoked"] is None and name in (row["id"], row["name"])]
        own = [row for row in rows if caller.is_admin or row["id"] == caller.token or _is_his(caller, row["user"])]
        if not own:
            raise NotFound(
                f"No agent holds a token {name!r} here, or none of yours.", "`triforce auth token list` shows them."
            )
        found: list[Bucket] = []
        for row in own:
            holder = self.tokens.holder(row["id"], self.clock.now_ms())
            if isinstance(holder, Caller):
                found += self._named(holder.name, await self.limits.left(holder))
        return found

    def _named(self, name: str, limits: list[Limit]) -> list[Bucket]:
        return [self._bucket(name, limit) for limit in limits]

    def _bucket(self, name: str, limit: Limit) -> Bucket:
        resets = limit["resets_at"]
        # A token's name begins with its account's.
        account = "/".join(name.split("/")[:2])
        whose = {"account": account, "token": name}.get(limit["scope"], limit["scope"])
        left = None if resets is None else max(0, -(-(parse_rfc3339(resets) - self.clock.now_ms()) // 1_000))
        return Bucket(
            key=f"{whose} {limit['kind']}/{limit['window']}",
            limit=limit["limit"],
            used=limit["used"],
            remaining=limit["remaining"],
            reset_in=left,
        )


def _is_his(caller: Caller, user: str | None) -> bool:
    return caller.kind == "user" and user is not None and caller.user == user
