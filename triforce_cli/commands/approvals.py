"""`triforce approvals`: calls of tools that wait for somebody's agreement."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from triforce_cli.commands._asking import require_yes
from triforce_cli.commands._durations import deadline
from triforce_cli.contexts import Globals
from triforce_cli.conversation.remarks import remark
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonNotRunning, DaemonUnreachable, DaemonWentAway, TriforceCliError
from triforce_cli.exit_codes import DONE, REFUSED
from triforce_cli.output.as_table import Fact, facts, print_done, print_list, print_object
from triforce_cli.output.columns import Column
from triforce_cli.output.paint import Paint
from triforce_cli.output.words import ago, local

if TYPE_CHECKING:
    from triforce_daemon.wire.approvals import Approval, ApprovalAnswer, ApprovalDetail

app = typer.Typer(add_completion=False, help="Calls of tools that wait for somebody's agreement.")

#: What is said of a daemon that ends, has ended, or cannot be reached.
_AWAY = {"draining", DaemonNotRunning.code, DaemonUnreachable.code, DaemonWentAway.code}
_LOOK_EVERY_SECONDS = 0.5

Id = Annotated[str, typer.Argument(metavar="APPROVAL", help="An id, or the beginning of one.")]


@app.command("list")
def list_approvals(
    ctx: typer.Context,
    all_: Annotated[bool, typer.Option("--all", help="Also those that are answered or over.")] = False,
) -> None:
    """List what waits for an answer."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).approvals(None if all_ else "pending")
    print_list(reply, COLUMNS, chosen, "Nothing waits for an answer.")


@app.command()
def show(ctx: typer.Context, approval: Id) -> None:
    """Show a call with all its arguments."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).approval(approval)
    print_object(reply, chosen, lambda paint: page(reply, paint))


@app.command()
def watch(
    ctx: typer.Context,
    approval: Id,
    seconds: Annotated[float, typer.Option("--for", min=0, max=300, help="How long, in seconds.")] = 60,
) -> int:
    """Wait until a call is agreed to; the exit status is 6 where it is not."""
    chosen: Globals = ctx.obj
    reply = _waited_for(approval, seconds, chosen)
    print_object(reply, chosen, lambda paint: page(reply, paint))
    return DONE if reply["state"] in ("granted", "used") else REFUSED


def _waited_for(approval: str, seconds: float, chosen: Globals) -> "ApprovalDetail":
    """How it stands once it is answered, or after so long. A daemon that goes away meanwhile is waited for too."""
    client, ends, away = DaemonClient.started(chosen), time.monotonic() + seconds, False
    while True:
        left = max(0.0, round(ends - time.monotonic(), 1))
        try:
            reply = client.approval(approval, 0 if away else left)
        except TriforceCliError as error:
            if error.code not in _AWAY or not left:
                raise
            if not away:
                remark("The daemon went away. Waiting until it is back.", chosen)
            away = True
            time.sleep(min(_LOOK_EVERY_SECONDS, left))
        else:
            if not away:
                return reply
            remark("The daemon is back.", chosen)
            away = False


@app.command(
    epilog="""
    triforce approvals grant k7wq
    triforce approvals grant k7wq --for 1h
    """
)
def grant(
    ctx: typer.Context,
    approval: Id,
    until: Annotated[
        str | None,
        typer.Option("--for", metavar="WHEN", parser=deadline, help="Also all its calls of that tool: 1h, or a date."),
    ] = None,
) -> None:
    """Agree to a call, once; nobody agrees to his own."""
    chosen: Globals = ctx.obj
    client = DaemonClient.started(chosen)
    asked = client.approval(approval)
    require_yes(f"{asked['asker']} wants to call {asked['tool']} with {asked['arguments']}. Agree?", chosen)
    answer: ApprovalAnswer = {"verdict": "granted", "until": until}
    reply = client.answer_approval(asked["id"], answer)
    more = f", and all its calls of that tool until {local(reply['until'])}" if reply["until"] else ""
    print_done(reply, chosen, f"Agreed to {reply['id']}{more}.")


@app.command()
def deny(ctx: typer.Context, approval: Id) -> None:
    """Refuse a call."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).answer_approval(approval, {"verdict": "denied"})
    print_done(reply, chosen, f"Refused {reply['id']}.")


@app.command()
def revoke(ctx: typer.Context, approval: Id) -> None:
    """Take back what was agreed to and not used yet."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).revoke_approval(approval)
    print_done(reply, chosen, f"Took back {reply['id']}.")


def page(reply: "Approval", paint: Paint) -> str:
    """An approval as a person reads it."""
    answered = f"{local(reply['answered_at'])} by {reply['answered_by']}" if reply["answered_at"] else None
    rows = [
        Fact("approval", reply["id"]),
        Fact("state", reply["state"], "yellow" if reply["state"] == "pending" else ""),
        Fact("tool", reply["tool"]),
        Fact("asked by", reply["asker"]),
        Fact("asked", local(reply["asked_at"])),
        Fact("ends", local(reply["expires_at"])),
        Fact("answered", answered),
        Fact("stands until", local(reply["until"]) if reply["until"] else None),
        Fact("arguments", reply["arguments"]),
    ]
    return facts(rows, paint)


COLUMNS = (
    Column("ID", "id"),
    Column("STATE", "state"),
    Column("TOOL", "tool"),
    Column("ASKED BY", "asker"),
    Column("ASKED", "asked_at", ago),
    Column("ARGUMENTS", "arguments", flexible=True),
)
