"""`triforce undo`: what tools have changed in one request, taken back."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.exit_codes import DONE, FAILED
from triforce_cli.output.as_table import print_done
from triforce_cli.output.sanitise import one_line

if TYPE_CHECKING:
    from triforce_daemon.wire.undo import Undone

app = typer.Typer(add_completion=False)


@app.command(
    epilog="""
    triforce tools run code_edit app.py mode=append "new_text=# The end."
    triforce undo 0197a3f2
    triforce undo 0197a3f2 --json
    """
)
def undo(
    ctx: typer.Context,
    receipt: Annotated[str, typer.Argument(metavar="RECEIPT", help="A request's id, or how it begins.")],
) -> int:
    """Take back what tools have changed in one request: files in workspaces, and entries of memory.

    What was changed again since stays as it is, and is named with the reason, as is what cannot be taken back: commits,
    branches, settings. The exit status is 1 where nothing could be.
    """
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).undo(receipt)
    print_done(reply, chosen, _remark(reply))
    if chosen.talks and not chosen.json:
        for kept in reply["kept"]:
            print(one_line(f"{kept['kind']} {kept['what']} stays as it is: {kept['reason']}"), file=sys.stderr)
    return DONE if reply["undone"] else FAILED


def _remark(reply: "Undone") -> str:
    named = ", ".join(f"{one['kind']} {one['what']}" for one in reply["undone"])
    return f"As before: {named}." if named else "Nothing was taken back."
