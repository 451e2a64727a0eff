"""Keyrings with faults, for the program that asks them: it finds them by name, as it finds the real ones.

Standard library only, and importing does nothing: they run in the child.
"""

import json
import os
import time
from pathlib import Path


class Working:
    """Keeps what it gets below HOME."""

    priority = 5

    def __init__(self) -> None:
        self._file = Path(os.environ["HOME"]) / "keyring.json"

    def get_password(self, service: str, username: str) -> str | None:
        return self._all().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._file.write_text(json.dumps({**self._all(), f"{service}/{username}": password}))

    def _all(self) -> dict[str, str]:
        return json.loads(self._file.read_text()) if self._file.exists() else {}


class Hanging(Working):
    """Waits for somebody to unlock it."""

    def get_password(self, service: str, username: str) -> str | None:
        time.sleep(600)
        return None


class Forgetful(Working):
    """As keyring's own `null`."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Locked(Working):
    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("the prompt was dismissed")


class Crashing(Working):
    def get_password(self, service: str, username: str) -> str | None:
        os._exit(3)


class _Unusable(type):
    @property
    def priority(cls) -> float:
        raise RuntimeError("nobody is there")


class Unusable(metaclass=_Unusable):
    """One that is installed, and has nothing to speak to."""
