"""`triforce receipt`: the audit record of one request."""

from typing import TYPE_CHECKING, Annotated

import typer

from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.exit_codes import DONE, FAILED
from triforce_cli.output.as_table import Fact, facts, print_object
from triforce_cli.output.paint import Paint
from triforce_cli.output.words import local

if TYPE_CHECKING:
    from triforce_daemon.wire.audit import Receipt, RouteAttempt

app = typer.Typer(add_completion=False)


@app.command(
    epilog="""
    triforce receipt 0197a3f2
    triforce receipt 0197a3f2 --verify --json
    """
)
def receipt(
    ctx: typer.Context,
    request: Annotated[
        str, typer.Argument(metavar="ID", help="A request's id, or how it begins: x-triforce-request-id of its answer.")
    ],
    verify: Annotated[
        bool, typer.Option("--verify", help="Check row and signature; the exit status is 1 where they do not hold.")
    ] = False,
) -> int:
    """Show what became of one request: who sent it, who was asked, what it used and cost; never what was said.

    You find your own; the owner and admins find all.
    """
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).receipt(request, verify)
    print_object(reply, chosen, lambda paint: page(reply, paint))
    return FAILED if reply["verified"] is False else DONE


def page(reply: "Receipt", paint: Paint) -> str:
    """A receipt as a person reads it."""
    cut = ", cut short" if reply["truncated"] else ""
    error = f" ({reply['error']})" if reply["error"] else ""
    rows = [
        Fact("request", reply["id"]),
        Fact("at", local(reply["ts"])),
        Fact("caller", reply["caller"]),
        Fact("token", reply["token"]),
        Fact("listener", reply["listener"]),
        Fact("asked", reply["asked"]),
        *(Fact("route" if at == 0 else "", _attempt(one)) for at, one in enumerate(reply["route"])),
        *(Fact("tool", _tool(tool)) for tool in reply["tools"]),
        Fact("boundary", reply["boundary"]),
        Fact("state", f"{reply['state']}{error}{cut}", "green" if reply["state"] == "done" else "yellow"),
        Fact("tokens", _tokens(reply)),
        Fact("cost", f"{reply['cost']} {reply['currency'] or ''}".strip() if reply["cost"] is not None else None),
        Fact("took", f"{reply['total_ms']:,} ms"),
        Fact("audit", reply["audit"]),
        Fact("verified", _verified(reply), "red" if reply["verified"] is False else ""),
    ]
    return facts(rows, paint)


def _attempt(attempt: "RouteAttempt") -> str:
    said = [str(attempt["status"])] if attempt["status"] is not None else []
    said += [attempt["error"]] if attempt["error"] else []
    said += [f"{attempt['ms']:,} ms"] if attempt["ms"] is not None else []
    return f"{attempt['model']}: {', '.join(said)}"


def _tool(call: "dict[str, object]") -> str:
    error = f", {call['error']}" if call["error"] else ""
    return f"{call['tool']} by {call['via']}, {call['ms']} ms{error}, arguments {call['arguments']}"


def _tokens(reply: "Receipt") -> str | None:
    """Nothing of a tool that was called by itself."""
    if reply["asked"] is None:
        return None
    estimated = ", estimated" if reply["estimated"] else ""
    return f"{reply['tokens_in']:,} in, {reply['tokens_out']:,} out{estimated}"


def _verified(reply: "Receipt") -> str | None:
    if reply["verified"]:
        return "yes: the row and its signature hold"
    return f"no: {reply['reason']}" if reply["verified"] is False else reply["reason"]
