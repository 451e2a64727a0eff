"""Keyrings for tests: one that keeps in a file, one that forgets, one that never answers, one that fails."""

import json
import os
import time
from pathlib import Path

HERE = "tests.triforce_cli.remotes.backends"


class Keeping:
    priority = 1

    def _path(self) -> Path:
        return Path(os.environ["HOME"], "keyring.json")

    def _all(self) -> dict[str, str]:
        return json.loads(self._path().read_text()) if self._path().exists() else {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._all().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._path().write_text(json.dumps({**self._all(), f"{service} {username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        kept = self._all()
        del kept[f"{service} {username}"]
        self._path().write_text(json.dumps(kept))


class Forgetting(Keeping):
    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Silent(Keeping):
    def get_password(self, service: str, username: str) -> str | None:
        time.sleep(60)
        return None


class Failing:
    @property
    def priority(self) -> int:
        return 1

    def get_password(self, *_: str) -> str | None:
        raise RuntimeError("the collection is locked")

    set_password = delete_password = get_password
