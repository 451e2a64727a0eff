"""API tokens as those see them who have them: made, listed, revoked."""

import re

from triforce_daemon.access.caller import Caller
from triforce_daemon.access.delegation import Rights, handed_on
from triforce_daemon.access.presence import Presence
from triforce_daemon.access.tokens import Tokens
from triforce_daemon.access.users import Users
from triforce_daemon.errors import AmbiguousId, InvalidRequest, NotFound
from triforce_daemon.runtime.clock import Clock, rfc3339, when
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.runtime.near import near
from triforce_daemon.services.moments import moment_to_come
from triforce_daemon.services.own_limits import checked_cap, checked_number, checked_patterns
from triforce_daemon.stores.tokens import TokenRow
from triforce_daemon.wire.tokens import NewToken, Scope, Token, TokenDetail, TokenList, TokenRequest

#: It becomes part of a caller's name, which stands in logs and in the ledger.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_USUAL: list[Scope] = ["inference"]


class TokenDesk:
    def __init__(self, tokens: Tokens, users: Users, presence: Presence, clock: Clock) -> None:
        self._tokens = tokens
        self._users = users
        self._presence = presence
        self._clock = clock

    def all(self, revoked: bool = False, user: str | None = None) -> TokenList:
        """The tokens, of an account or of everybody, the oldest first; with `revoked` also those."""
        rows = [row for row in self._rows(user) if revoked or row["revoked"] is None]
        return TokenList(schema="triforce.tokens.list/1", items=[self._token(row) for row in rows], next=None)

    async def create(self, request: TokenRequest, creator: Caller, user: str | None = None) -> NewToken:
        """A new token of an account, or of the daemon's owner, with its secret, which only its caller ever sees.

        Raises InvalidRequest, Forbidden where its creator has not got what it would have, StorageFailed.
        """
        row = self._checked(request, creator, user)
        secret = await self._tokens.add(row)
        return NewToken(**self._token(row), schema="triforce.tokens.create/1", token=secret)

    async def revoke(self, name: str, user: str | None = None) -> TokenDetail:
        """The token of that id or name is refused from now on, and what it has open ends.

        Raises NotFound, AmbiguousId, StorageFailed.
        """
        token = self._find(name, user)["id"]
        try:
            row = await self._tokens.revoke(token)
        finally:
            self._presence.end(lambda caller: caller.token == token)
        return TokenDetail(**self._token(row), schema="triforce.tokens.revoke/1")

    def _rows(self, user: str | None) -> list[TokenRow]:
        return [row for row in self._tokens.all() if user in (None, row["user"])]

    def _find(self, name: str, user: str | None) -> TokenRow:
        rows = self._rows(user)
        named = [row for row in rows if row["id"] == name] or [
            row for row in rows if row["revoked"] is None and row["name"] == name
        ]
        if not named:
            names = [row["name"] for row in rows if row["revoked"] is None]
            raise NotFound(f"There is no token {name!r}.", "See `triforce auth token list`.", near=near(name, names))
        if len(named) > 1:
            ids = [row["id"] for row in named]
            raise AmbiguousId(f"{len(named)} tokens are called {name!r}.", "Name one of them by its id.", near=ids)
        return named[0]

    def _checked(self, request: TokenRequest, creator: Caller, user: str | None) -> TokenRow:
        name = request["name"]
        checked_patterns(request.get("models", []))
        if not _NAME.fullmatch(name):
            raise InvalidRequest(f"{name!r} is no name for a token.", "Up to 64 letters, digits, dots and dashes.")
        scopes = sorted(set(request.get("scopes", _USUAL)))
        if not scopes:
            raise InvalidRequest("A token without any scope may do nothing.", "Name one: inference, read, sessions, …")
        if user is None and "account" in scopes:
            raise InvalidRequest("The scope account is for tokens of an account.", "See `triforce users token --help`.")
        rights = handed_on(creator, self._wanted(request, creator, scopes))
        return TokenRow(
            id=session_id(),
            name=name,
            digest="",
            scopes=[*rights["scopes"]],
            models=[*rights["models"]],
            boundary=rights["boundary"],
            created=self._clock.now_ms(),
            expires=rights["expires"],
            last_used=None,
            revoked=None,
            user=user,
            requests_per_minute=checked_number("requests_per_minute", request.get("requests_per_minute")) or None,
            spend=checked_cap(request.get("spend")),
        )

    def _wanted(self, request: TokenRequest, creator: Caller, scopes: list[Scope]) -> Rights:
        return Rights(
            scopes=scopes,
            models=request.get("models", []),
            boundary=request.get("boundary", creator.boundary),
            expires=self._expiry(request.get("expires")),
        )

    def _expiry(self, text: str | None) -> int | None:
        return None if text is None else moment_to_come(text, self._clock.now_ms())

    def _token(self, row: TokenRow) -> Token:
        holder = self._users.get(row["user"]) if row["user"] is not None else None
        return Token(
            id=row["id"],
            name=row["name"],
            scopes=row["scopes"],
            models=row["models"],
            boundary=row["boundary"],
            created=rfc3339(row["created"]),
            expires=when(row["expires"]),
            last_used=when(row["last_used"]),
            revoked=when(row["revoked"]),
            user=holder["name"] if holder is not None else None,
            requests_per_minute=row["requests_per_minute"],
            spend=row["spend"],
        )
