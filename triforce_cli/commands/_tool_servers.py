"""`triforce tools servers`: mounted servers of MCP, and what of them is accepted."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from triforce_cli.commands import _suggestions
from triforce_cli.commands._asking import require_yes
from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import WrongUsage
from triforce_cli.exit_codes import DONE, FAILED
from triforce_cli.output.as_json import print_json
from triforce_cli.output.as_table import Fact, facts, print_done, print_list, print_object
from triforce_cli.output.columns import Column
from triforce_cli.output.paint import Paint
from triforce_cli.output.sanitise import one_line
from triforce_cli.output.words import ago, count, local

if TYPE_CHECKING:
    from triforce_daemon.wire.mcp_servers import McpServerDetail, McpServerTest, McpTool

app = typer.Typer(add_completion=False, help="Servers of MCP whose tools are offered here; the file says which.")

Name = Annotated[
    str, typer.Argument(metavar="SERVER", help="As the configuration names it.", autocompletion=_suggestions.servers)
]

_WAITING = ("changed", "new", "gone")


@app.command("list")
def list_servers(ctx: typer.Context) -> None:
    """List the servers, and how they are."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).mcp_servers()
    print_list(reply, COLUMNS, chosen, "No server is mounted: docs/mcp-servers.md says how.")
    if chosen.talks:
        for server in reply["items"]:
            if server["reason"]:
                print(one_line(f"{server['name']}: {server['reason']}"), file=sys.stderr)
            if server["waiting"]:
                waiting = count(server["waiting"], "tool waits", "tools wait")
                fix = f"triforce tools servers accept {server['name']}"
                print(one_line(f"{server['name']}: {waiting} for you: {fix}"), file=sys.stderr)


@app.command()
def show(ctx: typer.Context, name: Name) -> None:
    """Show a server with its tools, and what it says otherwise than was accepted."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).mcp_server(name)
    print_object(reply, chosen, lambda paint: page(reply, paint))


@app.command()
def test(ctx: typer.Context, name: Name) -> int:
    """Reach a server a second time, and say what it answers; the exit status is 1 where it does not."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).test_mcp_server(name)
    print_object(reply, chosen, lambda paint: test_page(reply, paint))
    return DONE if reply["ok"] else FAILED


@app.command(
    epilog="""
    triforce tools servers accept files
    triforce tools servers accept files files__read_file
    """
)
def accept(
    ctx: typer.Context,
    name: Name,
    tools: Annotated[
        list[str] | None, typer.Argument(metavar="[TOOL...]", help="Only these; else all that wait.")
    ] = None,
) -> None:
    """Accept what a server says of its tools now, after showing it."""
    chosen: Globals = ctx.obj
    client = DaemonClient.started(chosen)
    waiting = [tool for tool in client.mcp_server(name)["items"] if tool["state"] in _WAITING]
    wanted = [tool for tool in waiting if not tools or tool["name"] in tools or tool["tool"] in tools]
    if unknown := {*(tools or ())} - {called for tool in wanted for called in (tool["name"], tool["tool"])}:
        raise WrongUsage(f"{sorted(unknown)[0]} does not wait.", f"See `triforce tools servers show {name}`.")
    if chosen.talks:
        print("\n".join(line for tool in wanted for line in difference(tool, Paint(False))), file=sys.stderr)
    if wanted:
        require_yes(f"Accept {count(len(wanted), 'tool')} of {name} as shown?", chosen)
    # With the digests of what was shown: what the server says by now may be something else again.
    seen = {tool["name"]: tool["digest"] or "" for tool in wanted}
    reply = client.accept_mcp_tools(name, {"tools": seen})
    words = f"Accepted {', '.join(reply['accepted'])}." if reply["accepted"] else f"Nothing of {name} waits."
    print_done(reply, chosen, words)


@app.command()
def log(ctx: typer.Context, name: Name) -> None:
    """Print the end of what a server's program has written to its standard error."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).mcp_server_log(name)
    if chosen.json:
        print_json(reply, chosen.fields)
    else:
        print("\n".join(map(one_line, reply["lines"])))


def page(reply: "McpServerDetail", paint: Paint) -> str:
    """A server as a person reads it."""
    rows = [
        Fact("server", f"{reply['name']} ({reply['program']})" if reply["program"] else reply["name"]),
        Fact("state", f"{reply['state']} since {ago(reply['since'])}", "green" if reply["state"] == "up" else "red"),
        Fact("reason", reply["reason"], "red"),
        Fact(reply["way"], reply["place"]),
        Fact("speaks", reply["protocol"]),
        Fact("shut in", None if reply["confined"] is None else "yes" if reply["confined"] else "no"),
        Fact("restarts", str(reply["restarts"]) if reply["restarts"] else None),
        Fact("tools", f"{reply['tools']} offered, {reply['waiting']} waiting"),
    ]
    offered = [f"  {paint.bold(one_line(one['name']))}  {_first_line(one)}" for one in reply["items"] if _is_plain(one)]
    looked_at = [line for one in reply["items"] if not _is_plain(one) for line in difference(one, paint)]
    return "\n".join([facts(rows, paint), *(["", *offered] if offered else []), *looked_at])


def test_page(reply: "McpServerTest", paint: Paint) -> str:
    """What a test has found, as a person reads it."""
    rows = [
        Fact("server", reply["name"]),
        Fact("answers", "yes" if reply["ok"] else "no", "green" if reply["ok"] else "red"),
        Fact("reason", reply["reason"], "red"),
        Fact("took", f"{reply['ms']} ms"),
        Fact("program", reply["program"]),
        Fact("speaks", reply["protocol"]),
        Fact("tools", ", ".join(reply["tools"]) or None),
    ]
    return facts(rows, paint)


def difference(tool: "McpTool", paint: Paint) -> list[str]:
    """A tool that is not called, with what the server says of it now and what it said before."""
    lines = ["", f"{paint.bold(one_line(tool['name']))}  {paint.red(tool['state'])}  {one_line(tool['reason'] or '')}"]
    before = tool["accepted_description"]
    if before is not None and before != tool["description"]:
        lines += [f"  {paint.red('-')} {one_line(line)}" for line in before.splitlines()]
    if tool["state"] != "gone":
        lines += [f"  {paint.green('+')} {one_line(line)}" for line in tool["description"].splitlines()]
    if tool["schema_changed"]:
        lines.append("  its parameters, its result or its hints are others than before")
    return lines


def _is_plain(tool: Mapping[str, Any]) -> bool:
    return tool["state"] == "offered"


def _first_line(tool: "McpTool") -> str:
    return one_line(tool["description"].partition("\n")[0])


COLUMNS = (
    Column("NAME", "name"),
    Column("STATE", "state"),
    Column("SINCE", "since", local),
    Column("TOOLS", "tools", str),
    Column("WAITING", "waiting", str),
    Column("SPEAKS", "protocol"),
    Column("WHERE", "place", flexible=True),
)
