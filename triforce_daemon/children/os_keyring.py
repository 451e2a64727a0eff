"""The keyring of the user's session, asked through a child that is given three seconds."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Literal

from triforce_daemon.children.command import run
from triforce_daemon.children.keyring_process import Answer, Question
from triforce_daemon.errors import VaultUnavailable
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.vault.envelope import Holder
from triforce_daemon.stores.vault.holders import new_key

PROGRAM = "triforce_daemon.children.keyring_process"

#: What keeps secrets behind the user's log-in. Not among them: `keyrings.alt`, which writes plain files.
TRUSTED = (
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
)
SERVICE, ACCOUNT = "triforce", "vault"

#: Whoever is asked to unlock the keyring needs longer, and may then ask again: a daemon does not wait for people.
SECONDS = 3.0
_BUS = "DBUS_SESSION_BUS_ADDRESS"
#: What the keyrings' libraries read. No key of a provider is among it, whatever the daemon's own environment holds.
_INHERITED = (
    "PATH",
    "PYTHONPATH",
    "HOME",
    "LANG",
    "LD_LIBRARY_PATH",
    "XDG_RUNTIME_DIR",
    "XDG_CURRENT_DESKTOP",
    "DISPLAY",
)
_CHOSEN = "PYTHON_KEYRING_BACKEND"
_FIX = "Unlock it, or keep the vault's key in a file: triforce config set vault.store file"


class OsKeyring:
    """A `KeyHolder`: what it keeps for the vault is one key, in one entry of the keyring's."""

    name: Holder = "keyring"
    place = f"the keyring of your session, as {SERVICE}/{ACCOUNT}"

    def __init__(
        self,
        environ: Mapping[str, str],
        tasks: Tasks,
        backends: Sequence[str] = TRUSTED,
        seconds: float = SECONDS,
    ) -> None:
        """`seconds`: how long it may take to answer."""
        self._environ = environ
        self._tasks = tasks
        self._backends = backends
        self._seconds = seconds

    async def read(self) -> bytes | None:
        """The key; None where the keyring has none. Raises VaultUnavailable where it does not answer."""
        return await self._ask("read", "")

    async def make(self) -> bytes:
        """The key, made where there was none. Raises VaultUnavailable."""
        key = await self._ask("make", new_key())
        if key is None:
            raise _silent("it does not keep what it is given")
        return key

    async def _ask(self, action: Literal["read", "make"], proposal: str) -> bytes | None:
        question = Question(
            backends=self._allowed(), action=action, service=SERVICE, account=ACCOUNT, proposal=proposal
        )
        environ = self._environment()
        try:
            done = await run(
                [sys.executable, "-P", "-m", PROGRAM],
                environ=environ,
                tasks=self._tasks,
                seconds=self._seconds,
                text=json.dumps(question).encode() + b"\n",
            )
        except TimeoutError:
            raise _silent(f"no answer within {self._seconds:g} seconds; it may be locked") from None
        except OSError as error:
            raise _silent(f"the program that asks it cannot be started: {error.strerror}") from error
        if done.status != 0:
            raise _silent(f"the program that asks it ended with {done.status}")
        answer: Answer = json.loads(done.output)
        if answer["refused"] is not None:
            raise _silent(answer["refused"])
        return None if answer["secret"] is None else answer["secret"].encode()

    def _allowed(self) -> list[str]:
        chosen = self._environ.get(_CHOSEN)
        if not chosen:
            return list(self._backends)
        if chosen not in self._backends:
            raise _silent(f"{_CHOSEN} names {chosen}, which triforce does not trust with keys")
        return [chosen]

    def _environment(self) -> dict[str, str]:
        return {
            _BUS: self._bus(),
            **{name: self._environ[name] for name in _INHERITED if name in self._environ},
        }

    def _bus(self) -> str:
        """Where the session's D-Bus is, by which all keyrings are reached."""
        told = self._environ.get(_BUS)
        if told:
            return told
        # systemd's place for it (systemd's sd-bus looks there as well); keyring's library knows the variable only.
        usual = os.path.join(self._environ.get("XDG_RUNTIME_DIR", ""), "bus")
        if usual == "bus" or not os.path.exists(usual):
            raise _silent("there is no D-Bus session here")
        return f"unix:path={usual}"


def _silent(why: str) -> VaultUnavailable:
    return VaultUnavailable(f"The keyring cannot be used: {why}.", _FIX)
