"""`triforce version`: the version of the command line, and of the daemon where one runs."""

import platform
from typing import Any

import typer

from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import TriforceCliError
from triforce_cli.output.as_table import Fact, facts, print_object
from triforce_daemon.wire.constants import PROTOCOL, VERSION

app = typer.Typer(add_completion=False)

_DAEMON_SECONDS = 1.0


@app.command()
def version(ctx: typer.Context) -> None:
    """Print the versions of the command line, of the daemon that runs, and of Python."""
    chosen: Globals = ctx.obj
    reply: dict[str, Any] = {
        "schema": "triforce.version/1",
        "version": VERSION,
        "protocol": PROTOCOL,
        "daemon": _daemon_version(chosen),
        "python": platform.python_version(),
    }
    rows = [Fact(name, reply[name] or "not running") for name in ("daemon", "python")]
    print_object(reply, chosen, lambda paint: facts([Fact("triforce", VERSION), *rows], paint))


def _daemon_version(chosen: Globals) -> str | None:
    client = DaemonClient.of(chosen._replace(timeout=chosen.timeout or _DAEMON_SECONDS))
    try:
        return client.status()["daemon"]["version"]
    except TriforceCliError:
        return None
