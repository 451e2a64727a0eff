"""Where files live, for a person, below systemd, and where the environment says nothing."""

import os

import pytest

from triforce_daemon.wire import paths

HOME = {"HOME": "/home/anna"}


def test_without_any_word_everything_is_below_home() -> None:
    assert paths.config_file(HOME) == "/home/anna/.config/triforce/config.toml"
    assert paths.state_folder(HOME) == "/home/anna/.local/state/triforce"
    assert paths.data_folder(HOME) == "/home/anna/.local/share/triforce"
    assert paths.own_socket(HOME) == "/home/anna/.local/state/triforce/run/triforced.sock"


def test_the_xdg_variables_move_each() -> None:
    moved = {
        **HOME,
        "XDG_CONFIG_HOME": "/c",
        "XDG_STATE_HOME": "/s",
        "XDG_DATA_HOME": "/d",
        "XDG_RUNTIME_DIR": "/run/user/1",
    }
    assert paths.config_file(moved) == "/c/triforce/config.toml"
    assert paths.state_folder(moved) == "/s/triforce"
    assert paths.data_folder(moved) == "/d/triforce"
    assert paths.own_socket(moved) == "/run/user/1/triforce/triforced.sock"


def test_a_relative_xdg_path_is_ignored() -> None:
    assert paths.state_folder({**HOME, "XDG_STATE_HOME": "state"}) == "/home/anna/.local/state/triforce"


def test_below_systemd_the_units_folders_win() -> None:
    unit = {
        "STATE_DIRECTORY": "/var/lib/triforce",
        "RUNTIME_DIRECTORY": "/run/triforce",
        "CONFIGURATION_DIRECTORY": "/etc/triforce",
    }
    assert paths.config_file(unit) == "/etc/triforce/config.toml"
    assert paths.state_folder(unit) == paths.data_folder(unit) == "/var/lib/triforce"
    assert paths.own_socket(unit) == paths.SYSTEM_SOCKET


def test_without_a_home_the_password_file_knows_it() -> None:
    assert paths.state_folder({}) == os.path.expanduser("~/.local/state/triforce")


@pytest.mark.parametrize(
    ("own", "system", "found"), [(True, True, "own"), (False, True, "system"), (False, False, "own")]
)
def test_a_client_tries_its_own_daemon_first(
    folder: str, monkeypatch: pytest.MonkeyPatch, own: bool, system: bool, found: str
) -> None:
    environ = {"HOME": folder}
    places = {"own": paths.own_socket(environ), "system": os.path.join(folder, "system.sock")}
    monkeypatch.setattr(paths, "SYSTEM_SOCKET", places["system"])
    os.makedirs(os.path.dirname(places["own"]))
    for name, there in (("own", own), ("system", system)):
        if there:
            open(places[name], "w", encoding="utf-8").close()
    assert paths.find_socket(environ) == places[found]
    assert paths.find_socket({**environ, "TRIFORCE_SOCKET": "/told"}) == "/told"
