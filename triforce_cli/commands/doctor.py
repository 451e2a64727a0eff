"""`triforce doctor`: what is missing or wrong, and what to do about it."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from triforce_cli.commands._checks import Finding, examine, timed
from triforce_cli.contexts import Globals, remote, require_local
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import TriforceCliError
from triforce_cli.exit_codes import DONE, FAILED
from triforce_cli.launcher import ask_program
from triforce_cli.output.as_table import print_list
from triforce_cli.output.columns import Column
from triforce_cli.output.pager import show
from triforce_cli.output.paint import Paint, paint_for
from triforce_cli.output.sanitise import one_line

if TYPE_CHECKING:
    from triforce_daemon.wire.doctor import Check, CheckList

app = typer.Typer(add_completion=False)

_COLUMNS = (Column("ID", "id"), Column("STATUS", "status"), Column("SUMMARY", "summary"), Column("FIX", "fix"))
_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@app.command()
def doctor(
    ctx: typer.Context,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not ask a running daemon; examine its files beside it.")
    ] = False,
) -> int:
    """Look for what is missing or wrong, and say what to do about it.

    Changes nothing and starts nothing. The exit status is 1 where something does not work.
    """
    chosen: Globals = ctx.obj
    if offline:
        require_local("--offline", chosen)
    found = [*examine(chosen, offline), *_of_the_daemon(chosen, offline)]
    if chosen.json or chosen.fields or chosen.quiet:
        reply: CheckList = {"schema": "triforce.doctor.list/1", "items": found, "next": None}
        print_list(reply, _COLUMNS, chosen, "")
    else:
        show(page(found, paint_for(sys.stdout, chosen.environ, chosen.no_color), chosen.verbose), chosen.environ)
    return FAILED if any(check["status"] == "fail" for check in found) else DONE


def page(found: "Sequence[Check]", paint: Paint, verbose: bool) -> str:
    """The checks as a person reads them: one line each, and below it what mends it."""
    lines: list[str] = []
    for check in found:
        mark = getattr(paint, _COLOURS[check["status"]])(check["status"].ljust(4))
        lines.append(f"{mark}  {one_line(check['summary'])}")
        if check["fix"]:
            lines.append(f"      {paint.dim(one_line(check['fix']))}")
        if verbose and check["details"]:
            lines.append(f"      {one_line(check['details'])}")
    return "\n".join(lines)


def _of_the_daemon(chosen: Globals, offline: bool) -> "list[Check]":
    """The daemon's own checks: from the one that runs, else from its program."""
    if not offline:
        try:
            return DaemonClient.of(chosen).doctor()["items"]
        except TriforceCliError as error:
            # Why one of this machine could not be asked is what the check `daemon` says.
            if remote(chosen) is not None:
                found = Finding("warn", f"The daemon's own checks cannot be had: {error.message}", error.hint)
                return [timed("daemon.checks", "daemon", lambda _: found, chosen)]
    try:
        return ask_program(chosen, "doctor")["items"]
    except TriforceCliError as error:
        found = Finding("fail", f"The daemon's program does not run: {error.message}", error.hint)
        return [timed("program", "daemon", lambda _: found, chosen)]
