"""Everybody who has an account, in memory: no request waits for the database to learn who its caller is."""

from collections.abc import Awaitable, Callable, Collection
from typing import cast, get_args

from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.access.tiers import Tier, Tiers
from triforce_daemon.stores.database import RowRefused
from triforce_daemon.stores.users import UserChange, UserRow, UserStore
from triforce_daemon.wire.tokens import Scope

#: What every account may do; an admin grants more.
_SCOPES: frozenset[Scope] = frozenset({"inference", "read", "sessions", "memory", "account", "tools"})
_ALL: frozenset[Scope] = frozenset(get_args(Scope))
#: What is left where a tier has ended.
_AFTERWARDS = "free"
#: Callers that are remembered.
_REMEMBERED = 10_000


class Users:
    def __init__(self, store: UserStore, tiers: Tiers, *, shared: bool = False) -> None:
        """`shared`: whether other daemons make accounts too."""
        self._store = store
        self.tiers = tiers
        self._shared = shared
        self._rows: dict[str, UserRow] = {}
        self._ids: dict[str, str] = {}
        #: By account and log-in: what each was made of, and the caller. To make one takes longer than to look it up.
        self._callers: dict[tuple[str, str | None], tuple[UserRow, Caller]] = {}
        self._listeners: list[Callable[[str], Awaitable[None]]] = []

    def on_change(self, told: Callable[[str], Awaitable[None]]) -> None:
        """`told` hears the id of each account that changes."""
        self._listeners.append(told)

    async def load(self) -> None:
        """Read what is kept. Raises StorageFailed."""
        for row in await self._store.all():
            self._put(row)

    async def read_again(self, ids: Collection[str] | None) -> set[str]:
        """What another daemon may have changed of `ids`, or of anybody; who has lost rights by it.

        Raises StorageFailed.
        """
        before = {user: row for user, row in self._rows.items() if ids is None or user in ids}
        found = {row["id"]: row for row in await self._store.all(ids)}
        for user in before.keys() - found.keys():
            self.forget(user)
        for row in found.values():
            self._put(row)
        for user in [user for user, row in before.items() if user in found and found[user] != row]:
            await self._tell(user)
        return {user for user, row in before.items() if _has_less(found.get(user), row)}

    def all(self) -> list[UserRow]:
        """The oldest first."""
        return list(self._rows.values())

    def get(self, user: str) -> UserRow | None:
        return self._rows.get(user)

    def named(self, name: str) -> UserRow | None:
        return self._rows.get(self._ids.get(name, ""))

    async def find(self, name: str) -> UserRow | None:
        """As `named`, and also where another daemon has made the account a moment ago. Raises StorageFailed."""
        if self._shared:
            # Also for a name that is known: how long it takes tells nobody which ones there are. But whoever is deleted
            # meanwhile does not come back by it.
            known = name in self._ids
            kept = await self._store.named(name)
            if not known and kept is not None and kept["id"] not in self._rows:
                self._put(kept)
        return self.named(name)

    async def add(self, row: UserRow) -> bool:
        """False where somebody has that name already. Raises StorageFailed."""
        if row["name"] in self._ids:
            return False
        # From here on nobody else gets the name, though it is not on the disk yet.
        self._ids[row["name"]] = row["id"]
        try:
            await self._store.insert(row)
        except RowRefused:
            # Another daemon was quicker.
            self._ids.pop(row["name"], None)
            return False
        except BaseException:
            self._ids.pop(row["name"], None)
            raise
        self._put(row)
        return True

    async def change(self, user: str, change: UserChange) -> UserRow:
        """Who is disabled is so from this moment on, whether or not that can be written. Raises StorageFailed."""
        if change.get("disabled") is not None:
            self._put({**self._rows[user], **change})
        await self._store.change(user, change)
        row: UserRow = {**self._rows[user], **change}
        self._put(row)
        await self._tell(user)
        return row

    async def _tell(self, user: str) -> None:
        for told in self._listeners:
            await told(user)

    def forget(self, user: str) -> None:
        """What the account was is gone; its rows are the caller's to delete."""
        row = self._rows.pop(user, None)
        if row is not None:
            self._ids.pop(row["name"], None)

    def tier(self, row: UserRow, now_ms: int) -> Tier:
        """The tier that counts at this moment."""
        ended = row["tier_expires"] is not None and row["tier_expires"] <= now_ms
        return self.tiers.get(_AFTERWARDS if ended else row["tier"])

    def called(self, account: str) -> str:
        """The name of an account as `Caller.account` has it, where there is one of that id."""
        row = self._rows.get(account.removeprefix("user/")) if account.startswith("user/") else None
        return f"user/{row['name']}" if row is not None else account

    def account_of(self, name: str) -> str:
        """The account that somebody means who says `anna` or `user/anna`; what is none is left as it is."""
        row = self.named(name.removeprefix("user/"))
        return f"user/{row['id']}" if row is not None else name

    def caller_of(self, user: str, now_ms: int, login: str | None = None) -> Caller | Stranger:
        """What the account may do at this moment; a stranger where it is disabled or gone."""
        row = self._rows.get(user)
        if row is None:
            return Stranger("This account does not exist any more.", "Ask whoever runs this daemon.")
        if row["disabled"] is not None:
            return Stranger("This account is disabled.", "Ask whoever runs this daemon.")
        admin = row["role"] == "admin"
        tier = None if admin else self.tier(row, now_ms)
        known = self._callers.get((user, login))
        if known is not None and known[0] is row and known[1].tier is tier:
            return known[1]
        caller = Caller(
            kind="user",
            # No user of the machine has a name with a slash.
            name=f"user/{row['name']}",
            scopes=_ALL if admin else _SCOPES | cast("set[Scope]", set(row["grants"].split())),
            models=tuple(row["models"]),
            user=user,
            login=login,
            tier=tier,
            admin=admin,
        )
        if len(self._callers) >= _REMEMBERED:
            self._callers.clear()
        self._callers[user, login] = (row, caller)
        return caller

    def _put(self, row: UserRow) -> None:
        self._rows[row["id"]] = row
        self._ids[row["name"]] = row["id"]


def _has_less(now: UserRow | None, before: UserRow) -> bool:
    """Whether what is open was begun with rights that are gone."""
    if now is None or (now["role"], now["grants"]) != (before["role"], before["grants"]):
        return True
    return now["disabled"] is not None and before["disabled"] is None
