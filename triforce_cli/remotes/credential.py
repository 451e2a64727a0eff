"""By what a person is known to the daemon of a context."""

from collections.abc import Callable
from typing import Any

from triforce_cli.errors import DaemonError
from triforce_cli.remotes.context import Context
from triforce_cli.remotes.token_store import Secret, TokenStore

#: What is sent with each question.
TOKEN = "token"
#: What a log-in is prolonged by; it is good once. An API token has none.
REFRESH = "refresh"

#: Asks the daemon for new tokens, with a refresh token.
Prolong = Callable[[str], Any]


def secret_of(logged_in: Any) -> Secret:
    """What is kept of a log-in's answer."""
    return {
        TOKEN: logged_in["access_token"],
        REFRESH: logged_in["refresh_token"],
        "expires": logged_in["refresh_expires"],
        "tier": logged_in["user"]["tier"],
    }


class Nobody:
    """A `Credential` that sends nothing, on purpose."""

    lacking = False

    def token(self) -> str | None:
        return None

    def renewed(self, refused: str) -> str | None:
        return None


class Given:
    """A `Credential` that is tried before it is kept."""

    lacking = False

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str | None:
        return self._token

    def renewed(self, refused: str) -> str | None:
        return None


class Kept:
    """A `Credential`: what is kept for a context, looked up when the first question goes out."""

    def __init__(self, context: Context, store: TokenStore, prolong: Prolong) -> None:
        self._context = context
        self._store = store
        self._prolong = prolong
        self._secret: Secret | None = None

    @property
    def lacking(self) -> bool:
        return self.token() is None

    def token(self) -> str | None:
        """What to send; None: nobody is logged in. Raises TokenNotKept."""
        if self._secret is None:
            self._secret = self._store.read(self._context) or {}
        return self._secret.get(TOKEN)

    def renewed(self, refused: str) -> str | None:
        """What another run has got meanwhile, else what the refresh token leads to; an API token has no better one.

        Raises what keeps the daemon from being asked: the log-in may still be good then.
        """
        # Of all runs one asks: a refresh token is good once.
        with self._store.locked("renewing"):
            self._secret = None
            token = self.token()
            if token == refused and self._secret is not None and REFRESH in self._secret:
                token = self._prolonged(self._secret[REFRESH])
        return token if token != refused else None

    def _prolonged(self, refresh: str) -> str | None:
        try:
            secret = secret_of(self._prolong(refresh))
        except DaemonError as error:
            if error.code != "unauthenticated":
                raise
            return None
        self._secret = secret
        self._store.replace(self._context, secret)
        return secret[TOKEN]
