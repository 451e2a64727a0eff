"""Which daemon a run speaks to."""

from pathlib import Path

import pytest

from triforce_cli.contexts import Globals, configuration, configured, socket_path


@pytest.fixture
def chosen(home: Path) -> Globals:
    return Globals({"HOME": str(home)})


def with_file(home: Path, text: str) -> None:
    path = home / ".config/triforce/config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_what_is_told_wins(chosen: Globals, home: Path) -> None:
    usual = str(home / ".local/state/triforce/run/triforced.sock")
    assert socket_path(chosen) == usual
    chosen = chosen._replace(environ={**chosen.environ, "TRIFORCE_DAEMON_SOCKET": "/a"})
    assert socket_path(chosen) == "/a"
    chosen = chosen._replace(environ={**chosen.environ, "TRIFORCE_SOCKET": "/b"})
    assert socket_path(chosen) == "/b"
    assert socket_path(chosen._replace(socket="/c")) == "/c"


def test_paths_are_absolute(chosen: Globals) -> None:
    assert socket_path(chosen._replace(socket="x.sock")) == str(Path.cwd() / "x.sock")
    assert configuration(chosen._replace(config="c.toml")) == str(Path.cwd() / "c.toml")


def test_the_configuration_is_read_where_nobody_listens(chosen: Globals, home: Path) -> None:
    with_file(home, '[daemon]\nsocket = "/told/d.sock"\n')
    assert socket_path(chosen) == "/told/d.sock"
    usual = home / ".local/state/triforce/run/triforced.sock"
    usual.parent.mkdir(parents=True)
    usual.touch()
    assert socket_path(chosen) == str(usual)


@pytest.mark.parametrize("text", ["", "[daemon]\n", "[daemon]\nsocket = 3\n", "[daemon", "daemon = 3\n", "\xff"])
def test_a_configuration_that_says_nothing(chosen: Globals, home: Path, text: str) -> None:
    with_file(home, text)
    assert configured(chosen, "daemon", "socket") is None


def test_remarks_are_for_people() -> None:
    assert Globals({}).talks
    assert not Globals({}, json=True).talks
    assert not Globals({}, quiet=True).talks
