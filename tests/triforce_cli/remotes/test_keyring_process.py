"""What the keyring's process answers."""

import pytest

from tests.triforce_cli.remotes.backends import HERE
from triforce_cli.remotes.keyring_process import FORGET, KEEP, READ, Question, answer


def ask(backends: list[str], action: str, secret: str | None = None) -> dict[str, str | None]:
    return answer(Question([f"{HERE}.{name}" for name in backends], action, "s", "a", secret))


def test_the_first_that_works_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert ask(["Absent", "Keeping"], KEEP, "x") == {"secret": "x", "refused": None}
    assert ask(["Keeping"], READ) == {"secret": "x", "refused": None}
    assert ask(["Keeping"], FORGET) == {"secret": None, "refused": None}


def test_none_works() -> None:
    assert ask([], READ) == {"secret": None, "refused": "no keyring is known"}
    assert ask(["Failing"], READ)["refused"] == "RuntimeError: the collection is locked"
