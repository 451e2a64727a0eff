"""API tokens as their owner sees them: made, listed, revoked."""

import re

from triforce_daemon.access.tokens import Tokens
from triforce_daemon.errors import AmbiguousId, InvalidRequest, NotFound
from triforce_daemon.runtime.clock import Clock, parse_rfc3339, rfc3339
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.runtime.near import near
from triforce_daemon.stores.tokens import TokenRow
from triforce_daemon.wire.tokens import NewToken, Scope, Token, TokenDetail, TokenList, TokenRequest

#: It becomes part of a caller's name, which stands in logs and in the ledger.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PATTERN = re.compile(r"[^\s\x00-\x1f]{1,256}")
_PATTERNS_LIMIT = 64
_USUAL: list[Scope] = ["inference"]


class TokenDesk:
    def __init__(self, tokens: Tokens, clock: Clock) -> None:
        self._tokens = tokens
        self._clock = clock

    def all(self, revoked: bool = False) -> TokenList:
        """The tokens, the oldest first; those that were revoked where they are asked for."""
        items = [_token(row) for row in self._tokens.all() if revoked or row["revoked"] is None]
        return TokenList(schema="triforce.tokens.list/1", items=items, next=None)

    async def create(self, request: TokenRequest) -> NewToken:
        """A new token with its secret, which only its caller ever sees. Raises InvalidRequest, StorageFailed."""
        row = self._checked(request)
        secret = await self._tokens.add(row)
        return NewToken(**_token(row), schema="triforce.tokens.create/1", token=secret)

    async def revoke(self, name: str) -> TokenDetail:
        """The token of that id or name is refused from now on. Raises NotFound, AmbiguousId, StorageFailed."""
        row = await self._tokens.revoke(self._find(name)["id"])
        return TokenDetail(**_token(row), schema="triforce.tokens.revoke/1")

    def _find(self, name: str) -> TokenRow:
        rows = self._tokens.all()
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

    def _checked(self, request: TokenRequest) -> TokenRow:
        name, models = request["name"], request.get("models", [])
        if not _NAME.fullmatch(name):
            raise InvalidRequest(f"{name!r} is no name for a token.", "Up to 64 letters, digits, dots and dashes.")
        if len(models) > _PATTERNS_LIMIT or not all(_PATTERN.fullmatch(model) for model in models):
            raise InvalidRequest(
                "The patterns of models are too many or too long, or hold blanks.", "Write them like `groq/*`."
            )
        scopes = sorted(set(request.get("scopes", _USUAL)))
        if not scopes:
            raise InvalidRequest("A token without any scope may do nothing.", "Name one: inference, read, sessions.")
        return TokenRow(
            id=session_id(),
            name=name,
            digest="",
            scopes=scopes,
            models=models,
            boundary=request.get("boundary", "any"),
            created=self._clock.now_ms(),
            expires=self._expiry(request.get("expires")),
            last_used=None,
            revoked=None,
        )

    def _expiry(self, text: str | None) -> int | None:
        if text is None:
            return None
        try:
            moment = parse_rfc3339(text)
        except ValueError:
            raise InvalidRequest(f"`{text}` is no date.", "Write it as 2026-11-23T15:00:00Z.") from None
        if moment <= self._clock.now_ms():
            raise InvalidRequest(f"{text} is past.", "A token expires later than now, or never.")
        return moment


def _token(row: TokenRow) -> Token:
    def when(moment: int | None) -> str | None:
        return None if moment is None else rfc3339(moment)

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
    )
