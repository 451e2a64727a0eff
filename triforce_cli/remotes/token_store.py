"""Where tokens for other daemons are kept: in the keyring of the session, else in a file that only its owner reads."""

import fcntl
import json
import os
import stat
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from triforce_cli.errors import TokenNotKept, TriforceCliError
from triforce_cli.files import whole
from triforce_cli.remotes.context import Context
from triforce_cli.remotes.keyring import Keyring
from triforce_daemon.wire.paths import state_folder

KEYRING, FILE = "keyring", "file"

Secret = dict[str, Any]


class TokenStore:
    """A secret belongs to a name and an address: where one of them changes, what was kept is not sent there."""

    def __init__(self, environ: Mapping[str, str], keyring: Keyring | None = None) -> None:
        self._keyring = keyring or Keyring(environ)
        self.path = os.path.join(state_folder(environ), "tokens.json")

    def read(self, context: Context) -> Secret | None:
        """What is kept for the context; None where there is nothing. Raises TokenNotKept."""
        if context.store == KEYRING:
            text = self._keyring.read(_account(context))
            return None if text is None else json.loads(text)
        return self._file().get(_account(context)) if context.store == FILE else None

    def keep(self, context: Context, secret: Secret) -> tuple[str, str | None]:
        """Keep it; returns where, and why not in the keyring. Raises TokenNotKept, OutputFailed."""
        reason = None
        if self._keyring.is_there():
            try:
                self._keyring.keep(_account(context), json.dumps(secret))
            except TokenNotKept as error:
                reason = error.message
            else:
                return KEYRING, None
        self._keep_in_file(context, secret)
        return FILE, reason

    def replace(self, context: Context, secret: Secret) -> None:
        """Keep it where the one before it is kept. Raises TokenNotKept, OutputFailed."""
        if context.store == KEYRING:
            self._keyring.keep(_account(context), json.dumps(secret))
        else:
            self._keep_in_file(context, secret)

    def forget(self, context: Context) -> None:
        """Forget what is kept for the context. Raises TokenNotKept, OutputFailed."""
        if context.store == KEYRING:
            self._keyring.forget(_account(context))
        elif context.store == FILE:
            with self.locked():
                kept = self._file()
                if kept.pop(_account(context), None) is not None:
                    self._write(kept)

    @contextmanager
    def locked(self, what: str = "lock") -> Generator[None]:
        """One at a time, of all that run and do the same."""
        try:
            os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
            lock = os.open(f"{self.path}.{what}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._trouble(error.strerror or str(error)) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _keep_in_file(self, context: Context, secret: Secret) -> None:
        with self.locked():
            self._write({**self._file(), _account(context): secret})

    def _file(self) -> dict[str, Secret]:
        try:
            with open(self.path, "rb") as file:
                found = os.fstat(file.fileno())
                if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
                    raise self._trouble("others may read or write it", f"Look at it, then: chmod 600 {self.path}")
                return json.load(file)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._trouble(error.strerror or str(error)) from None
        except ValueError:
            raise self._trouble("it is no JSON") from None

    def _write(self, kept: Mapping[str, Secret]) -> None:
        whole.write(self.path, json.dumps(kept, indent=1).encode(), 0o600)

    def _trouble(self, why: str, hint: str = "Move it away, and log in again.") -> TriforceCliError:
        return TokenNotKept(f"{self.path}, where tokens are kept, cannot be used: {why}.", hint)


def _account(context: Context) -> str:
    return f"{context.name} {context.url}"
