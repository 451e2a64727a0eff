"""The keyring of the person's session, asked through a process that is given three seconds."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from triforce_cli.errors import TokenNotKept
from triforce_cli.remotes.keyring_process import FORGET, KEEP, READ, Question

PROGRAM = "triforce_cli.remotes.keyring_process"

#: What keeps secrets behind the person's log-in. Not among them: `keyrings.alt`, which writes plain files.
TRUSTED = (
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
)
SERVICE = "triforce-cli"
SECONDS = 3.0

_BUS = "DBUS_SESSION_BUS_ADDRESS"
_INHERITED = ("PATH", "PYTHONPATH", "HOME", "LANG", "LD_LIBRARY_PATH", "XDG_RUNTIME_DIR", "DISPLAY")
_CHOSEN = "PYTHON_KEYRING_BACKEND"


class Keyring:
    """What it does raises TokenNotKept where the keyring does not answer."""

    def __init__(self, environ: Mapping[str, str], backends: Sequence[str] = TRUSTED, seconds: float = SECONDS) -> None:
        self._environ = environ
        self._backends = backends
        self._seconds = seconds

    def is_there(self) -> bool:
        """Whether asking makes sense: all keyrings are reached by the session's D-Bus."""
        chosen = self._environ.get(_CHOSEN)
        return self._bus() is not None and (not chosen or chosen in self._backends)

    def read(self, account: str) -> str | None:
        return self._ask(READ, account)

    def keep(self, account: str, secret: str) -> None:
        if self._ask(KEEP, account, secret) != secret:
            raise _silent("it does not keep what it is given")

    def forget(self, account: str) -> None:
        self._ask(FORGET, account)

    def _ask(self, action: str, account: str, secret: str | None = None) -> str | None:
        chosen = self._environ.get(_CHOSEN)
        question = Question([chosen] if chosen else list(self._backends), action, SERVICE, account, secret)
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-m", PROGRAM],
                input=json.dumps(question._asdict()).encode() + b"\n",
                env=self._environment(),
                capture_output=True,
                timeout=self._seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _silent(f"no answer within {self._seconds:g} seconds; it may be locked") from None
        if done.returncode != 0:
            raise _silent(f"the program that asks it ended with {done.returncode}")
        answer = json.loads(done.stdout)
        if answer["refused"] is not None:
            raise _silent(answer["refused"])
        return answer["secret"]

    def _environment(self) -> dict[str, str]:
        kept = {name: self._environ[name] for name in _INHERITED if name in self._environ}
        return {**kept, _BUS: self._bus() or ""}

    def _bus(self) -> str | None:
        told = self._environ.get(_BUS)
        if told:
            return told
        # systemd's place for it; keyring's library knows the variable only.
        usual = os.path.join(self._environ.get("XDG_RUNTIME_DIR", ""), "bus")
        return f"unix:path={usual}" if usual != "bus" and os.path.exists(usual) else None


def _silent(why: str) -> TokenNotKept:
    return TokenNotKept(f"The keyring cannot be used: {why}.", "Unlock it and give the command again.")
