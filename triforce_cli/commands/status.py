"""`triforce status`: how the daemon is, in one page."""

import typer

from triforce_cli.contexts import socket_path
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.output.as_json import print_json

app = typer.Typer(add_completion=False)


@app.command()
def status(ctx: typer.Context) -> None:
    """Show how the daemon is."""
    reply = DaemonClient(socket_path(ctx.obj), ctx.obj.timeout).status()
    print_json(reply, ctx.obj.fields)
