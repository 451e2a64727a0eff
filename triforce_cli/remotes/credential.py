"""By what a person is known to the daemon of a context."""

from triforce_cli.remotes.context import Context
from triforce_cli.remotes.token_store import Secret, TokenStore

TOKEN = "token"


class Nobody:
    """A `Credential` that sends nothing."""

    def token(self) -> str | None:
        return None

    def renewed(self, refused: str) -> str | None:
        return None


class Given:
    """A `Credential` that is tried before it is kept."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str | None:
        return self._token

    def renewed(self, refused: str) -> str | None:
        return None


class Kept:
    """A `Credential`: what is kept for a context, looked up when the first question goes out."""

    def __init__(self, context: Context, store: TokenStore) -> None:
        self._context = context
        self._store = store
        self._secret: Secret | None = None

    def token(self) -> str | None:
        """What to send; None: nobody is logged in. Raises TokenNotKept."""
        if self._secret is None:
            self._secret = self._store.read(self._context) or {}
        return self._secret.get(TOKEN)

    def renewed(self, refused: str) -> str | None:
        """Another run may have logged in meanwhile; an API token is as good as it ever was."""
        self._secret = None
        token = self.token()
        return token if token != refused else None
