"""Where files live: one rule for both programs, from the environment that is passed in.

Follows the XDG Base Directory Specification; below systemd, the folders that the unit declares
(systemd.exec(5): STATE_DIRECTORY, RUNTIME_DIRECTORY, CONFIGURATION_DIRECTORY) win.
"""

import os.path
from collections.abc import Mapping

SYSTEM_SOCKET = "/run/triforce/triforced.sock"


def config_folder(environ: Mapping[str, str]) -> str:
    """The folder of `config.toml`."""
    return environ.get("CONFIGURATION_DIRECTORY") or _xdg(environ, "XDG_CONFIG_HOME", ".config")


def state_folder(environ: Mapping[str, str]) -> str:
    """The folder of the database, the logs and the command line's history."""
    return environ.get("STATE_DIRECTORY") or _xdg(environ, "XDG_STATE_HOME", ".local/state")


def data_folder(environ: Mapping[str, str]) -> str:
    """The folder of what can be fetched again: model files."""
    return environ.get("STATE_DIRECTORY") or _xdg(environ, "XDG_DATA_HOME", ".local/share")


def config_file(environ: Mapping[str, str]) -> str:
    return environ.get("TRIFORCE_CONFIG") or os.path.join(config_folder(environ), "config.toml")


def own_socket(environ: Mapping[str, str]) -> str:
    """The socket of this user's daemon: in the runtime folder where there is one, else in the state folder."""
    runtime = environ.get("RUNTIME_DIRECTORY")
    if not runtime:
        xdg = environ.get("XDG_RUNTIME_DIR")
        runtime = os.path.join(xdg, "triforce") if xdg else os.path.join(state_folder(environ), "run")
    return os.path.join(runtime, "triforced.sock")


def find_socket(environ: Mapping[str, str]) -> str:
    """The socket that a client should try: the one it was told, this user's, or the system's where only that exists."""
    told = environ.get("TRIFORCE_SOCKET")
    if told:
        return told
    own = own_socket(environ)
    if not os.path.exists(own) and os.path.exists(SYSTEM_SOCKET):
        return SYSTEM_SOCKET
    return own


def _xdg(environ: Mapping[str, str], name: str, below_home: str) -> str:
    base = environ.get(name, "")
    # The specification: a relative path is invalid and is ignored.
    if not base.startswith("/"):
        base = os.path.join(environ.get("HOME") or os.path.expanduser("~"), below_home)
    return os.path.join(base, "triforce")
