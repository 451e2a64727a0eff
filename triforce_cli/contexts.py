"""What holds for a whole run of `triforce`: the global flags, the environment, and which daemon they lead to."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from triforce_daemon.wire.paths import config_file, find_socket


class Globals(NamedTuple):
    """The global flags as they stood on the command line, before or after the verb. Commands find it in `ctx.obj`."""

    environ: Mapping[str, str]
    json: bool = False
    fields: tuple[str, ...] = ()
    quiet: bool = False
    verbose: bool = False
    debug: bool = False
    no_color: bool = False
    no_input: bool = False
    yes: bool = False
    socket: str | None = None
    timeout: float | None = None
    """Seconds that the command may take; None: as long as it takes."""
    config: str | None = None

    @property
    def talks(self) -> bool:
        """Whether remarks belong on standard error: not where a program reads, nor where none are wanted."""
        return not (self.quiet or self.json)


def socket_path(chosen: Globals) -> str:
    """The Unix socket of the daemon that this run speaks to, as an absolute path.

    What was told wins, by flag or environment; then the usual place; then, if nothing is there, what the daemon's
    configuration says.
    """
    told = chosen.socket or chosen.environ.get("TRIFORCE_SOCKET") or chosen.environ.get("TRIFORCE_DAEMON_SOCKET")
    if told:
        return _absolute(told)
    usual = os.path.abspath(find_socket(chosen.environ))
    if os.path.exists(usual):
        return usual
    told = configured(chosen, "daemon", "socket")
    return _absolute(told) if told else usual


def configuration(chosen: Globals) -> str:
    """The daemon's configuration file, as an absolute path; it need not exist."""
    return _absolute(chosen.config or config_file(chosen.environ))


def configured(chosen: Globals, section: str, key: str) -> str | None:
    """The text that the configuration file has under `section.key`; None where it says nothing that can be read."""
    path = configuration(chosen)
    if not os.path.exists(path):
        return None
    import tomllib

    try:
        with open(path, "rb") as file:
            value = tomllib.load(file).get(section, {}).get(key)
    except (OSError, ValueError, AttributeError):
        # What is wrong with the file is the daemon's to say, with the line: `triforce config validate`.
        return None
    return value if isinstance(value, str) and value else None


def _absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path))
