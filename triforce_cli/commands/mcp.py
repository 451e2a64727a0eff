"""`triforce mcp`: the daemon's tools for a program that speaks MCP over its pipes."""

import os
import sys
from typing import TYPE_CHECKING, Annotated, cast

import typer

from triforce_cli.commands._durations import deadline
from triforce_cli.commands._suggestions import toolsets
from triforce_cli.contexts import Globals, remote, transport
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.mcp_bridge.bridge import Bridge
from triforce_cli.output.sanitise import one_line

if TYPE_CHECKING:
    from triforce_daemon.wire.tokens import Scope, TokenRequest

app = typer.Typer(add_completion=False)

#: What a model is given unless somebody says otherwise: a few, and those through which the rest is found.
DEFAULT = "search"
_LONGEST = "30d"


@app.command(
    epilog="""
    triforce mcp
    triforce mcp --toolset memory,core --scope tools:write
    triforce mcp --toolset all
    """
)
def mcp(
    ctx: typer.Context,
    toolset: Annotated[
        str,
        typer.Option("--toolset", metavar="SET", help="Several with commas; all: every tool.", autocompletion=toolsets),
    ] = DEFAULT,
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", metavar="SCOPE", help="What it may do beside calling tools that change nothing."),
    ] = None,
) -> None:
    """Speak MCP on standard input and output, for desktop programs that start their servers themselves.

    On this machine it holds a token of its own, which ends with it: never the rights of whoever has started it.
    """
    chosen: Globals = ctx.obj
    client = DaemonClient.started(chosen)
    if chosen.talks:
        print(one_line(f"Serving the toolset {toolset} on standard input."), file=sys.stderr)
    if remote(chosen) is not None:
        Bridge(transport(chosen), None, toolset).run(sys.stdin)
        return
    scopes = cast("list[Scope]", ["tools", "inference", *(scope or ())])
    # For where nobody is left to take it back.
    ends = deadline(_LONGEST)
    request: TokenRequest = {"name": f"mcp-{os.getpid()}", "scopes": list(dict.fromkeys(scopes)), "expires": ends}
    made = client.create_token(request)
    try:
        Bridge(transport(chosen), made["token"], toolset).run(sys.stdin)
    finally:
        client.revoke_token(made["id"])
