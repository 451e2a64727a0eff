"""`triforce tools`: what there is to call, and calling it."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from triforce_cli.commands import _suggestions, _tool_servers
from triforce_cli.commands._asking import require_yes
from triforce_cli.commands._durations import moment
from triforce_cli.commands._files import read_text
from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonError, WrongUsage
from triforce_cli.output.as_json import print_json
from triforce_cli.output.as_table import Fact, facts, print_list, print_object
from triforce_cli.output.as_value import value_text
from triforce_cli.output.columns import Column
from triforce_cli.output.paint import Paint
from triforce_cli.output.pull_progress import show_progress
from triforce_cli.output.sanitise import one_line, sanitise
from triforce_cli.output.words import local, thousands

if TYPE_CHECKING:
    from triforce_daemon.wire.tools import ToolDetail, ToolResult, ToolRun

app = typer.Typer(add_completion=False, help="The tools that can be called, by you and by models.")
app.add_typer(_tool_servers.app, name="servers")

Name = Annotated[str, typer.Argument(metavar="TOOL", help="Like code_search.", autocompletion=_suggestions.tools)]
Toolset = Annotated[
    str | None,
    typer.Option("--toolset", metavar="SET", help="Only this one, or several with commas: see `triforce tools sets`."),
]


@app.command("list")
def list_tools(
    ctx: typer.Context,
    toolset: Toolset = None,
    all_: Annotated[bool, typer.Option("--all", help="Also what you may not call.")] = False,
) -> None:
    """List the tools; what cannot be called here says why."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).tools(toolset, all_)
    print_list(reply, COLUMNS, chosen, "There is no tool that you may call. All: triforce tools list --all")
    if chosen.talks:
        absent = [tool for tool in reply["items"] if not tool["available"]]
        for tool in absent:
            fix = f" {tool['fix']}" if tool["fix"] else ""
            print(one_line(f"{tool['name']}: {tool['reason']}{fix}"), file=sys.stderr)


@app.command()
def show(ctx: typer.Context, name: Name) -> None:
    """Show a tool with its parameters."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).tool(name)
    print_object(reply, chosen, lambda paint: page(reply, paint))


@app.command(
    epilog="""
    triforce tools search "read a file"
    triforce tools search Wetter
    """
)
def search(
    ctx: typer.Context,
    query: Annotated[list[str], typer.Argument(metavar="WORDS...", help="What it should do, in English or German.")],
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, max=100, help="How many at most.")] = 5,
) -> None:
    """Find tools by what they do."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).search_tools(" ".join(query), limit)
    print_list(reply, FOUND_COLUMNS, chosen, "No tool fits these words. All: triforce tools list")


@app.command(
    epilog="""
    triforce tools run calculate "2 ** 0.5" precision=30
    triforce tools run current_time timezone=Europe/Berlin
    triforce tools run code_edit --input @change.json --dry-run
    """
)
def run(
    ctx: typer.Context,
    name: Name,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME=VALUE...]", help="Its arguments; a value without a name is the first of them."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--input", metavar="JSON|@FILE|-", help="All arguments as one JSON object."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done, where the tool can.")
    ] = False,
) -> None:
    """Call a tool and print what it returns."""
    chosen: Globals = ctx.obj
    client = DaemonClient.started(chosen)
    request: ToolRun = {"folder": os.getcwd(), "stream": True}
    given = _arguments(source, words or [])
    if dry_run:
        given = {**given, "dry_run": True} if source is not None else given
    if source is not None:
        request["arguments"] = given
    else:
        request["words"] = [*(words or []), *(["dry_run=true"] if dry_run else [])]
    print_result(called(client, name, request, chosen), chosen)


@app.command()
def sets(ctx: typer.Context) -> None:
    """List the toolsets, by which a part of the tools is chosen."""
    chosen: Globals = ctx.obj
    print_list(DaemonClient.started(chosen).toolsets(), SET_COLUMNS, chosen, "There is no toolset.")


@app.command(
    epilog="""
    triforce tools log -n 20
    triforce tools log --tool files__read_file --status failed
    """
)
def log(
    ctx: typer.Context,
    tool: Annotated[str | None, typer.Option("--tool", metavar="TOOL", help="Only calls of this one.")] = None,
    status: Annotated[
        str | None, typer.Option("--status", metavar="STATUS", help="ok, failed, or the code of an error.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="WHEN", parser=moment, help="From here on: 12h, 7d, or a date.")
    ] = None,
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, max=1_000, help="How many at most.")] = 50,
) -> None:
    """List the calls that you have made, the newest first; for admins those of everybody."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).tool_log(tool, status, since, limit)
    print_list(reply, LOG_COLUMNS, chosen, "There were no such calls.")


def called(client: DaemonClient, name: str, request: "ToolRun", chosen: Globals) -> "ToolResult":
    """What came of the call. Asks where it has to be agreed to. Raises NotApproved, and what the tool failed with."""
    result = _followed(client, name, request, chosen)
    error = result["error"]
    if error is not None and error["code"] == "approval_needed" and not request.get("approved"):
        require_yes(f"{error['message']} Call {name}?", chosen)
        result = _followed(client, name, {**request, "approved": True}, chosen)
        error = result["error"]
    if error is not None:
        raise DaemonError(error)
    return result


def print_result(result: "ToolResult", chosen: Globals) -> None:
    """What the tool returned: as JSON, or as a person reads it."""
    if chosen.json:
        print_json(result, chosen.fields)
        return
    print(value_text(result["value"]) if result["value"] is not None else _blocks_text(result["content"]))
    if chosen.talks and result["changes"]:
        told = "; ".join(result["changes"])
        print(one_line(f"{told}. To reverse it: triforce undo {result['receipt']}"), file=sys.stderr)


def _blocks_text(blocks: Sequence[Mapping[str, Any]]) -> str:
    """What a tool returned that has no value: its words, and of the rest the kind."""
    return "\n".join(sanitise(block["text"]) if "text" in block else f"({one_line(block['type'])})" for block in blocks)


def _followed(client: DaemonClient, name: str, request: "ToolRun", chosen: Globals) -> "ToolResult":
    """Follow the events of a call to its end. Raises what it failed with."""
    progress = show_progress(chosen)
    last: Mapping[str, Any] = {}
    try:
        with client.run_tool(name, request) as events:
            for last in events:
                if last["type"] == "progress":
                    progress.step(last["done"], last["words"])
    finally:
        progress.end()
    if last["type"] == "error":
        raise DaemonError(last["error"])
    return cast("ToolResult", {key: value for key, value in last.items() if key != "type"})


def _arguments(source: str | None, words: list[str]) -> dict[str, Any]:
    if source is None:
        return {}
    if words:
        raise WrongUsage("There are both words and --input.", "Give the arguments in one of the two ways.")
    text = read_text(source.removeprefix("@")) if source.startswith("@") or source == "-" else source
    try:
        value = json.loads(text)
    except ValueError as error:
        raise WrongUsage(f"--input is no JSON: {error}.", 'Write it as {"name": "value"}.') from None
    if not isinstance(value, dict):
        raise WrongUsage("--input is JSON, but no object.", 'Write it as {"name": "value"}.')
    return cast("dict[str, Any]", value)


def page(reply: "ToolDetail", paint: Paint) -> str:
    """A tool as a person reads it."""
    flags = [
        "changes nothing" if reply["effect"] == "read" else reply["effect"] + "s",
        *(["the same again changes nothing more"] if reply["idempotent"] and reply["effect"] != "read" else []),
        *(["reaches beyond this machine"] if reply["open_world"] else []),
        *(["each call needs an approval"] if reply["approval"] else []),
    ]
    rows = [
        Fact("tool", f"{reply['name']} ({reply['category']})"),
        Fact("does", ", ".join(flags)),
        Fact("for", f"the tier {reply['tier']} and above" if reply["tier"] != "admin" else "admins"),
        Fact("scope", reply["scope"]),
        Fact("formerly", ", ".join(reply["formerly"]) or None),
        Fact("not here", None if reply["available"] else reply["reason"], "red"),
        Fact("usage", reply["usage"]),
    ]
    parameters = [
        f"  {paint.bold(one_line(one['name']))}{'*' if one['required'] else ''}  {one_line(one['type'])}"
        f"{_default(one)}  {paint.dim(one_line(one['description']))}"
        for one in reply["parameters"]
    ]
    about = "\n".join(one_line(line) for line in reply["description"].splitlines())
    return "\n".join([facts(rows, paint), "", about, *(["", *parameters] if parameters else [])])


def _default(parameter: Mapping[str, Any]) -> str:
    default = parameter["default"]
    return "" if parameter["required"] or default is None else f" = {one_line(json.dumps(default))}"


def _is_there(available: bool) -> str:
    return "yes" if available else "no"


COLUMNS = (
    Column("NAME", "name"),
    Column("SET", "category"),
    Column("DOES", "effect"),
    Column("TIER", "tier"),
    Column("HERE", "available", _is_there),
    Column("TOKENS", "schema_tokens", thousands),
    Column("WHAT", "title", flexible=True),
)
FOUND_COLUMNS = (Column("NAME", "name"), Column("SET", "category"), Column("WHAT", "title", flexible=True))
LOG_COLUMNS = (
    Column("WHEN", "ts", local),
    Column("WHO", "caller"),
    Column("TOOL", "tool"),
    Column("VIA", "via"),
    Column("STATUS", "status"),
    Column("MS", "ms", str),
    Column("RECEIPT", "receipt", flexible=True),
)
SET_COLUMNS = (Column("NAME", "name"), Column("TOOLS", "tools"), Column("TOKENS", "schema_tokens", thousands))
