"""What holds for a whole run of `triforce`: the global flags, the environment, and which daemon they lead to."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from triforce_daemon.wire.paths import find_socket


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


def socket_path(chosen: Globals) -> str:
    """The Unix socket of the daemon that this run speaks to, as an absolute path."""
    if chosen.socket:
        return os.path.abspath(os.path.expanduser(chosen.socket))
    return os.path.abspath(find_socket(chosen.environ))
