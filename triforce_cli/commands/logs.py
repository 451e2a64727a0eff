"""`triforce logs`: the daemon's log, and the audit of what was decided."""

import re
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from triforce_cli.commands import _suggestions
from triforce_cli.commands._durations import moment
from triforce_cli.commands._log_lines import drawn, show
from triforce_cli.contexts import Globals, require_local
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.exit_codes import DONE, FAILED
from triforce_cli.output.as_json import json_line, picked
from triforce_cli.output.as_table import Fact, facts, print_list, print_object
from triforce_cli.output.columns import Column
from triforce_cli.output.paint import Paint, is_terminal, paint_for
from triforce_cli.output.words import count, local
from triforce_daemon.wire.log_lines import Asked, Level, Wanted

if TYPE_CHECKING:
    from triforce_daemon.wire.audit import AuditChain

app = typer.Typer(add_completion=False)
audit = typer.Typer(add_completion=False, help="What was decided and by whom; and whether that record is whole.")
app.add_typer(audit, name="audit")


def _pattern(text: str) -> "re.Pattern[str]":
    try:
        return re.compile(text)
    except re.error as error:
        raise typer.BadParameter(f"{text!r} is no regular expression: {error}") from None


@app.callback(
    invoke_without_command=True,
    epilog="""
    triforce logs -f
    triforce logs -p error --since 1h
    triforce logs --request 0197a3f2 -n 200
    triforce logs --category llm --grep timeout
    """,
)
def logs(
    ctx: typer.Context,
    follows: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is written from now on.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", metavar="N", min=0, help="So many of the last lines.")] = 50,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="WHEN", parser=moment, help="From here on: 10m, 2h, or a date."),
    ] = None,
    priority: Annotated[
        Level | None,
        typer.Option("--priority", "-p", metavar="LEVEL", help="This level and all above it: debug to critical."),
    ] = None,
    grep: Annotated[
        "re.Pattern[str] | None",
        typer.Option("--grep", metavar="PATTERN", parser=_pattern, help="Lines in which this is found."),
    ] = None,
    request: Annotated[
        str | None, typer.Option("--request", metavar="ID", help="Lines of one request, by how its id begins.")
    ] = None,
    category: Annotated[
        Asked | None, typer.Option("--category", help="What it is about; error is whatever went wrong.")
    ] = None,
) -> None:
    """Show the daemon's log, with the requests that came; programs get JSON, an object a line.

    A daemon that runs is asked for it; without -p it leaves out what succeeded. To follow the log, and where no daemon
    runs, its file on this machine is read: that of a daemon in the background, or the one of the setting log.file.
    A daemon that systemd runs writes to the journal: journalctl -fu triforced, with --user for your own.
    """
    if ctx.invoked_subcommand is not None:
        return
    chosen: Globals = ctx.obj
    if follows:
        require_local("Following the log", chosen)
    show(Wanted(priority, since, grep, request, category), lines, follows, chosen, lambda line: _print(line, chosen))


@audit.command(
    "list",
    epilog="""
    triforce logs audit list --kind change --since 30d
    triforce logs audit list --caller anna
    """,
)
def list_audit(
    ctx: typer.Context,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="KIND", help="request, login, refusal, change, daemon or audit."),
    ] = None,
    caller: Annotated[
        str | None,
        typer.Option(
            "--caller",
            metavar="NAME",
            help="What this one did, or what was done to him.",
            autocompletion=_suggestions.users,
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="WHEN", parser=moment, help="From here on: 12h, 7d, or a date."),
    ] = None,
    request: Annotated[
        str | None, typer.Option("--request", metavar="ID", help="Of one request, by how its id begins.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", metavar="N", min=1, max=1_000, help="So many at most.")] = 50,
) -> None:
    """List what was decided, the newest first. For the owner and admins."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).audit(kind=kind, caller=caller, since=since, request=request, limit=limit)
    print_list(reply, COLUMNS, chosen, "Nothing of that is in the audit.")


@audit.command()
def verify(ctx: typer.Context) -> int:
    """Go over the audit from its beginning; the exit status is 1 where somebody has changed it.

    For the owner and admins. The last row's number and hash, noted elsewhere, are a witness outside of the daemon.
    """
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).verify_audit()
    print_object(reply, chosen, lambda paint: "\n\n".join(page(chain, paint) for chain in reply["items"]))
    return DONE if reply["ok"] else FAILED


def page(chain: "AuditChain", paint: Paint) -> str:
    """What was found of a chain, as a person reads it."""
    rows = [
        Fact("chain", chain["chain"] + ("" if chain["own"] else ", of another daemon")),
        Fact("state", "whole" if chain["ok"] else "broken", "green" if chain["ok"] else "red"),
        Fact("at", chain["place"]),
        Fact("because", chain["reason"]),
        Fact("rows", f"{count(chain['rows'], 'row')}, {chain['pruned']:,} pruned"),
        Fact("signed", f"{count(chain['segments'], 'segment')}; {count(chain['unsigned'], 'row')} not yet"),
        Fact("last", f"row {chain['last']}, {chain['hash']}" if chain["last"] else None),
        Fact("key", chain["key"]),
    ]
    return facts(rows, paint)


def _print(line: "dict[str, object]", chosen: Globals) -> None:
    if chosen.fields:
        line = picked(line, chosen.fields, dict.fromkeys([*line, *chosen.fields]))
    if chosen.json or chosen.fields or not is_terminal(sys.stdout):
        print(json_line(line))
    else:
        print(drawn(line, paint_for(sys.stdout, chosen.environ, chosen.no_color)))


COLUMNS = (
    Column("WHEN", "ts", local),
    Column("KIND", "kind"),
    Column("CALLER", "caller"),
    Column("WHAT", "what", flexible=True),
    Column("TO", "subject"),
    Column("REQUEST", "request", flexible=True),
)
