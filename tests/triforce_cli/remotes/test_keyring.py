"""The keyring, asked through its process."""

from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.triforce_cli.remotes.backends import HERE
from triforce_cli.errors import TokenNotKept
from triforce_cli.remotes.keyring import Keyring

BUS = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/none"}


def keyring(home: Path, backend: str, seconds: float = 3, **environ: str) -> Keyring:
    return Keyring({"HOME": str(home), "PYTHONPATH": str(ROOT), **BUS, **environ}, [f"{HERE}.{backend}"], seconds)


def test_what_is_kept_is_read_and_forgotten(home: Path) -> None:
    ours = keyring(home, "Keeping")
    assert ours.is_there()
    ours.keep("prod https://prod", "secret ä")
    assert ours.read("prod https://prod") == "secret ä"
    assert ours.read("prod https://other") is None
    ours.forget("prod https://prod")
    ours.forget("prod https://prod")
    assert ours.read("prod https://prod") is None


@pytest.mark.parametrize(
    ("backend", "words"), [("Forgetting", "does not keep"), ("Failing", "is locked"), ("Absent", "AttributeError")]
)
def test_why_it_cannot_be_used(home: Path, backend: str, words: str) -> None:
    with pytest.raises(TokenNotKept, match=words):
        keyring(home, backend).keep("a", "b")


def test_it_is_not_waited_for(home: Path) -> None:
    with pytest.raises(TokenNotKept, match="no answer within"):
        keyring(home, "Silent", 0.3).read("a")


def test_it_is_asked_only_where_there_is_one(home: Path) -> None:
    assert not Keyring({"HOME": str(home)}).is_there()
    assert not keyring(home, "Keeping", PYTHON_KEYRING_BACKEND="keyrings.alt.file.PlaintextKeyring").is_there()
    assert not Keyring({"XDG_RUNTIME_DIR": str(home)}).is_there()
    (home / "bus").touch()
    assert Keyring({"XDG_RUNTIME_DIR": str(home)}).is_there()
