"""API tokens at the door: found in memory, by the SHA-256 of the whole secret; no request waits for the database."""

import asyncio
import logging
import secrets
from collections.abc import Collection, Iterable
from dataclasses import replace
from hashlib import sha256

from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.access.tier_manager import budget
from triforce_daemon.access.users import Users
from triforce_daemon.errors import StorageFailed
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.stores.tokens import TokenRow, TokenStore

log = logging.getLogger(__name__)

PREFIX = "tf_"
#: Bytes of chance in a token: nobody guesses them, so that no slow hash is needed to keep them.
ENTROPY = 24
#: So often is written when tokens were last used.
KEEP_SECONDS = 60.0

_MAKE = "Your own: `triforce auth token create NAME`."


class Tokens:
    """All tokens there are. `caller_of` is on every request's path."""

    def __init__(self, store: TokenStore, users: Users, clock: Clock) -> None:
        self._store = store
        self._users = users
        self._clock = clock
        self._known: dict[bytes, tuple[TokenRow, Caller]] = {}
        self._used: dict[str, int] = {}
        #: By token: what it says, whose it was when it was shown last, and what both came to.
        self._held: dict[str | None, tuple[Caller, Caller, Caller]] = {}

    async def load(self) -> None:
        """Read what is kept. Raises StorageFailed."""
        self._take(await self._store.all())

    async def read_again(self, ids: Collection[str] | None) -> set[str]:
        """What another daemon may have changed of `ids`, or of any; those that are no longer good.

        Raises StorageFailed.
        """
        before = {row["id"]: digest for digest, (row, _) in self._known.items() if ids is None or row["id"] in ids}
        found = {row["id"]: row for row in await self._store.all(ids)}
        for token in before.keys() - found.keys():
            self._known.pop(before[token], None)
            self._held.pop(token, None)
        self._take(found.values())
        return {token for token in before if token not in found or found[token]["revoked"] is not None}

    async def look_for(self, secret: bytes) -> str | None:
        """Read what is kept of this secret; the account that it belongs to. Raises StorageFailed."""
        found = await self._store.with_digest(sha256(secret).hexdigest())
        self._take(found)
        return found[0]["user"] if found else None

    def _take(self, rows: Iterable[TokenRow]) -> None:
        for row in rows:
            digest = bytes.fromhex(row["digest"])
            known = self._known.get(digest)
            # What was refused here stays so, though it could not be written.
            refused = row["revoked"] or (known[0]["revoked"] if known is not None else None)
            self._known[digest] = ({**row, "revoked": refused}, caller_of_row(row))

    def caller_of(self, secret: bytes, now_ms: int) -> Caller | Stranger:
        """Who holds this token; a stranger where it is unknown, revoked or has expired."""
        known = self._known.get(sha256(secret).digest())
        if known is None:
            return Stranger("This token is not known.", _MAKE)
        row, caller = known
        if row["revoked"] is not None:
            return Stranger(f"The token {row['name']!r} was revoked.", _MAKE)
        if row["expires"] is not None and row["expires"] <= now_ms:
            return Stranger(f"The token {row['name']!r} has expired.", _MAKE)
        self._used[row["id"]] = now_ms
        return caller if row["user"] is None else self._of_user(row["user"], caller, now_ms)

    def holder(self, token: str, now_ms: int) -> Caller | Stranger:
        """Who holds the token of that id, without having shown it; a stranger where there is none, or none any more."""
        for row, caller in self._known.values():
            if row["id"] == token and row["revoked"] is None and (row["expires"] or now_ms + 1) > now_ms:
                return caller if row["user"] is None else self._of_user(row["user"], caller, now_ms)
        return Stranger("This token is not known.", _MAKE)

    def all(self) -> list[TokenRow]:
        """Every token, the oldest first."""
        rows = [row for row, _ in self._known.values()]
        return [{**row, "last_used": self._used.get(row["id"], row["last_used"])} for row in rows]

    async def add(self, row: TokenRow) -> str:
        """Keep a new token, whose `digest` is filled in here; returns the secret, which is kept nowhere."""
        secret = PREFIX + secrets.token_hex(ENTROPY)
        digest = sha256(secret.encode()).digest()
        row = {**row, "digest": digest.hex()}
        await self._store.insert(row)
        self._known[digest] = (row, caller_of_row(row))
        return secret

    async def revoke(self, token: str) -> TokenRow:
        """Refuse it from this moment on, whether or not that can be written. Raises KeyError, StorageFailed."""
        digest = next((digest for digest, (row, _) in self._known.items() if row["id"] == token), None)
        if digest is None:
            raise KeyError(token)
        row, caller = self._known[digest]
        moment = row["revoked"] or self._clock.now_ms()
        revoked: TokenRow = {**row, "revoked": moment}
        self._known[digest] = (revoked, caller)
        await self._store.revoke(token, moment)
        return revoked

    async def revoke_all(self, user: str) -> int:
        """Refuse every token of an account; how many there were. Raises StorageFailed."""
        own = [row["id"] for row, _ in self._known.values() if row["user"] == user and row["revoked"] is None]
        for token in own:
            await self.revoke(token)
        return len(own)

    def forget(self, user: str) -> None:
        """Know an account's tokens no more; their rows are the caller's to delete."""
        self._known = {digest: known for digest, known in self._known.items() if known[0]["user"] != user}
        self._held.clear()

    def _of_user(self, user: str, token: Caller, now_ms: int) -> Caller | Stranger:
        """What the token says, as far as its account may at this moment; no token makes its holder an admin."""
        holder = self._users.caller_of(user, now_ms)
        if isinstance(holder, Stranger):
            return holder
        known = self._held.get(token.token)
        if known is not None and known[0] is token and known[1] is holder:
            return known[2]
        name = f"{holder.name}/{token.name.removeprefix('token/')}"
        scopes = token.scopes & holder.scopes
        caller = replace(token, name=name, tier=holder.tier, scopes=scopes, holder_models=holder.models)
        self._held[token.token] = (token, holder, caller)
        return caller

    async def keep_last_used(self) -> None:
        """Write when tokens were last used, now and then; for ever."""
        while True:
            await asyncio.sleep(KEEP_SECONDS)
            await self.close()

    async def close(self) -> None:
        """Write what was not written yet; where that fails it is said, and nobody is kept from stopping by it."""
        try:
            await self._flush()
        except StorageFailed as error:
            log.warning("when tokens were used was not kept", extra={"reason": error.message})

    async def _flush(self) -> None:
        used = dict(self._used)
        await self._store.used(used)
        for digest, (row, caller) in self._known.items():
            if row["id"] in used:
                self._known[digest] = ({**row, "last_used": used[row["id"]]}, caller)
        self._used = {token: at for token, at in self._used.items() if used.get(token) != at}


def caller_of_row(row: TokenRow) -> Caller:
    return Caller(
        kind="token",
        # No user of the machine has a name with a slash: a token is never taken for one.
        name=f"token/{row['name']}",
        token=row["id"],
        scopes=frozenset(row["scopes"]),
        models=tuple(row["models"]),
        boundary=row["boundary"],
        user=row["user"],
        expires=row["expires"],
        budget=budget(row["id"], row["requests_per_minute"], row["spend"]),
    )
