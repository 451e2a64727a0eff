"""Where tokens are kept."""

import json
import threading
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.triforce_cli.remotes.backends import HERE
from triforce_cli.errors import TokenNotKept
from triforce_cli.remotes.context import Context
from triforce_cli.remotes.keyring import Keyring
from triforce_cli.remotes.token_store import TokenStore

PROD = Context("prod", "https://prod", store="file")
SECRET = {"token": "tf_x"}


def store_with(home: Path, backend: str) -> TokenStore:
    environ = {"HOME": str(home), "PYTHONPATH": str(ROOT), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/none"}
    return TokenStore(environ, Keyring(environ, [f"{HERE}.{backend}"]))


def test_without_a_keyring_a_file_that_is_the_owners(home: Path) -> None:
    store = TokenStore({"HOME": str(home)})
    assert store.keep(PROD, SECRET) == ("file", None)
    assert Path(store.path).stat().st_mode & 0o777 == 0o600
    assert store.read(PROD) == SECRET
    assert store.read(PROD._replace(store=None)) is None
    store.forget(PROD)
    assert store.read(PROD) is None


def test_a_secret_goes_to_no_other_address(home: Path) -> None:
    store = TokenStore({"HOME": str(home)})
    store.keep(PROD, SECRET)
    assert store.read(PROD._replace(url="https://evil")) is None
    assert store.read(PROD._replace(name="other")) is None


def test_the_keyring_is_asked_first(home: Path) -> None:
    store = store_with(home, "Keeping")
    assert store.keep(PROD, SECRET) == ("keyring", None)
    assert not Path(store.path).exists()
    assert store.read(PROD._replace(store="keyring")) == SECRET
    store.forget(PROD._replace(store="keyring"))
    assert store.read(PROD._replace(store="keyring")) is None


def test_a_keyring_that_fails_is_told_and_the_file_takes_it(home: Path) -> None:
    store = store_with(home, "Failing")
    place, reason = store.keep(PROD, SECRET)
    assert place == "file"
    assert reason is not None and "locked" in reason


@pytest.mark.parametrize(("text", "mode"), [("{", 0o600), ("{}", 0o644)])
def test_a_file_that_is_not_safe_is_not_used(home: Path, text: str, mode: int) -> None:
    store = TokenStore({"HOME": str(home)})
    path = Path(store.path)
    path.parent.mkdir(parents=True)
    path.write_text(text)
    path.chmod(mode)
    with pytest.raises(TokenNotKept):
        store.read(PROD)


def test_nobody_writes_over_another(home: Path) -> None:
    contexts = [Context(f"c{number}", "https://x", store="file") for number in range(8)]
    threads = [
        threading.Thread(target=TokenStore({"HOME": str(home)}).keep, args=(one, {"token": one.name}))
        for one in contexts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(json.loads(Path(TokenStore({"HOME": str(home)}).path).read_text())) == len(contexts)
