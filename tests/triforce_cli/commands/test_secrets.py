"""Secrets are read from anywhere but the command line."""

import getpass
import io
import sys
import warnings
from pathlib import Path

import pytest

from triforce_cli.commands._secrets import read_secret
from triforce_cli.contexts import Globals
from triforce_cli.errors import InputInvalid, UnreadableFile, WrongUsage

CHOSEN = Globals({})


class Keyboard(io.StringIO):
    """Standard input, where a person sits."""

    def isatty(self) -> bool:
        return True


def test_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-one\n")
    assert read_secret(f"@{tmp_path}/key", "Key: ", CHOSEN) == "sk-one\n"
    with pytest.raises(UnreadableFile):
        read_secret(f"@{tmp_path}/none", "Key: ", CHOSEN)
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    with pytest.raises(InputInvalid):
        read_secret(f"@{tmp_path}/key", "Key: ", CHOSEN)


@pytest.mark.parametrize("word", ["sk-canary", "", "key.txt", "--", "- "])
def test_not_from_the_command_line(word: str) -> None:
    with pytest.raises(WrongUsage) as refused:
        read_secret(word, "Key: ", CHOSEN)
    assert "canary" not in f"{refused.value.message}{refused.value.hint}"


def test_not_from_a_terminal_that_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def shown(*_: object, **__: object) -> str:
        warnings.warn("Can not control echo on the terminal.", getpass.GetPassWarning, stacklevel=2)
        return "sk-canary"

    monkeypatch.setattr(sys, "stdin", Keyboard("sk-canary\n"))
    monkeypatch.setattr("triforce_cli.commands._secrets.getpass", shown)
    with pytest.raises(WrongUsage, match="would show"):
        read_secret(None, "Key: ", CHOSEN)


def test_nobody_is_asked_with_no_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Keyboard())
    with pytest.raises(WrongUsage, match="may be asked"):
        read_secret(None, "Key: ", Globals({}, no_input=True))
