"""`triforce jobs`: long work that goes on in the background."""

import time
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from triforce_cli.commands import _suggestions
from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import TimedOut
from triforce_cli.exit_codes import DONE, FAILED
from triforce_cli.output.as_json import json_line
from triforce_cli.output.as_table import Fact, facts, print_done, print_list, print_object
from triforce_cli.output.columns import Column
from triforce_cli.output.paint import Paint
from triforce_cli.output.pull_progress import show_progress
from triforce_cli.output.words import ago, local

if TYPE_CHECKING:
    from triforce_daemon.wire.jobs import JobDetail

app = typer.Typer(add_completion=False, help="Long work that goes on in the background.")

#: How long the daemon is asked to wait each time, so that how far the work is can be shown.
_LOOK_SECONDS = 0.5
_OPEN = ("queued", "running")

State = Literal["queued", "running", "done", "failed", "cancelled"]
Id = Annotated[
    str,
    typer.Argument(metavar="JOB", help="An id, or the beginning of one.", autocompletion=_suggestions.jobs),
]


@app.command("list")
def list_jobs(
    ctx: typer.Context,
    state: Annotated[State | None, typer.Option("--state", help="Only these.")] = None,
    limit: Annotated[int, typer.Option("-n", "--limit", metavar="N", min=1, max=1_000, help="How many at most.")] = 20,
) -> None:
    """List your jobs, the latest first; admins see everybody's."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).jobs(state, limit)
    print_list(reply, COLUMNS, chosen, "There is no job.")


@app.command()
def show(ctx: typer.Context, job: Id) -> None:
    """Show a job: how far it is, or what came of it."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).job(job)
    print_object(reply, chosen, lambda paint: page(reply, paint))


@app.command(
    epilog="""
    triforce jobs wait k7wq
    triforce jobs wait k7wq --timeout 5m || echo "not yet, or failed"
    """
)
def wait(ctx: typer.Context, job: Id) -> int:
    """Wait until a job has ended; the exit status is 1 where it failed, and 124 after --timeout."""
    chosen: Globals = ctx.obj
    reply = waited(DaemonClient.started(chosen), job, chosen)
    print_object(reply, chosen, lambda paint: page(reply, paint))
    return DONE if reply["state"] == "done" else FAILED


@app.command()
def cancel(ctx: typer.Context, job: Id) -> None:
    """Have a job end."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).cancel_job(job)
    ended = reply["state"] not in _OPEN
    print_done(reply, chosen, f"{'Ended' if ended else 'Asked to end'}: {reply['id']} is {reply['state']}.")


def waited(client: DaemonClient, job: str, chosen: Globals) -> "JobDetail":
    """The job once it has ended; meanwhile it is shown how far it is. Raises TimedOut after --timeout."""
    ends = time.monotonic() + chosen.timeout if chosen.timeout else None
    progress = show_progress(chosen)
    try:
        while (reply := client.job(job, _LOOK_SECONDS))["state"] in _OPEN:
            progress.step(reply["progress"], reply["doing"] or reply["title"])
            if ends is not None and time.monotonic() >= ends:
                raise TimedOut(f"The job {reply['id']} is still {reply['state']}.", "It goes on.")
    finally:
        progress.end()
    return reply


def page(reply: "JobDetail", paint: Paint) -> str:
    """A job as a person reads it."""
    error, result = reply["error"], reply["result"]
    rows = [
        Fact("job", reply["id"]),
        Fact("what", reply["title"]),
        Fact("state", reply["state"], _COLOURS.get(reply["state"], "")),
        Fact("progress", f"{reply['progress']:.0%}" if reply["state"] == "running" else None),
        Fact("at", reply["doing"] if reply["state"] == "running" else None),
        Fact("for", reply["owner"]),
        Fact("on", reply["node"]),
        Fact("created", local(reply["created"])),
        Fact("ended", local(reply["finished"]) if reply["finished"] else None),
        Fact("error", error["message"] if error else None),
        Fact("hint", error["hint"] if error else None),
        Fact("result", json_line(result) if result is not None else None),
        *(Fact("log", line) for line in reply["log"][-10:]),
    ]
    return facts(rows, paint)


def _percent(done: float) -> str:
    return f"{done:.0%}"


_COLOURS = {"done": "green", "failed": "red", "cancelled": "yellow"}

COLUMNS = (
    Column("ID", "id"),
    Column("STATE", "state"),
    Column("PROGRESS", "progress", _percent, right=True),
    Column("KIND", "kind"),
    Column("WHAT", "title", flexible=True),
    Column("CREATED", "created", ago),
)
