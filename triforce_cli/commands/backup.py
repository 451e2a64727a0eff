"""`triforce backup`: what the daemon keeps, copied while it runs, and brought back while it does not."""

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, cast

import typer

from triforce_cli.commands._asking import require_yes
from triforce_cli.commands.jobs import waited
from triforce_cli.contexts import Globals, require_local
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonError
from triforce_cli.exit_codes import DONE, FAILED
from triforce_cli.launcher import ask_program
from triforce_cli.output.as_table import Fact, facts, print_done, print_list, print_object
from triforce_cli.output.columns import Column
from triforce_cli.output.paint import Paint
from triforce_cli.output.words import local, size

if TYPE_CHECKING:
    from triforce_daemon.wire.backups import BackupDetail, BackupMade

app = typer.Typer(add_completion=False, help="What the daemon keeps: copied, checked, brought back.")


class Kind(StrEnum):
    """As `wire.backups.BackupKind`: of a list, Typer takes no literals."""

    database = "database"
    config = "config"
    memory = "memory"
    sessions = "sessions"
    audit = "audit"


Name = Annotated[str, typer.Argument(metavar="BACKUP", help="Its name, as the list has it.")]


@app.command(
    epilog="""
    triforce backup create
    triforce backup create --kind database --kind audit
    triforce backup create --no-wait
    """
)
def create(
    ctx: typer.Context,
    kinds: Annotated[
        list[Kind] | None, typer.Option("--kind", help="What is copied; without: the database and the configuration.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Whether to wait until it is made.")] = True,
) -> int:
    """Make a backup of the running daemon, and print where it is. For the owner and admins."""
    chosen: Globals = ctx.obj
    client = DaemonClient.started(chosen)
    job = client.create_backup({"kinds": [kind.value for kind in kinds]} if kinds else {})
    if not wait:
        print_done(job, chosen, f"Begun: triforce jobs wait {job['id']}", job["id"])
        return DONE
    job = waited(client, job["id"], chosen)
    if job["error"] is not None:
        raise DaemonError(job["error"])
    if job["state"] != "done":
        print_done(job, chosen, f"The job {job['id']} is {job['state']}.")
        return FAILED
    made = cast("BackupMade", job["result"])
    print_done(job, chosen, f"SHA-256: {made['sha256']}", made["path"])
    return DONE


@app.command("list")
def list_backups(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("-n", "--limit", metavar="N", min=1, max=1_000, help="How many at most.")] = 20,
) -> None:
    """List the backups, the newest first; each is read and compared with what was written."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).backups(limit)
    print_list(reply, COLUMNS, chosen, f"There is no backup in {reply['folder']}.")


@app.command()
def verify(ctx: typer.Context, backup: Name) -> int:
    """Read a backup and compare it with what was written; the exit status is 1 where it is not the same."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).backup(backup)
    print_object(reply, chosen, lambda paint: page(reply, paint))
    return DONE if reply["verified"] else FAILED


@app.command(
    epilog="""
    triforce daemon stop
    triforce backup restore triforce-20261129T110412Z-k7wq
    """
)
def restore(ctx: typer.Context, backup: Name) -> None:
    """Put the database of a backup in the place of the one that is there, which is moved aside.

    Only while no daemon runs. Settings are not brought back: they are in the backup, to be looked at.
    """
    chosen: Globals = ctx.obj
    require_local("Restoring a backup", chosen)
    require_yes(f"Put the database of {os.path.basename(backup)} in the place of today's?", chosen)
    reply = ask_program(chosen, "restore", backup)
    before = f"; what was there is {reply['before']} now" if reply["before"] else ""
    print_done(reply, chosen, f"Restored as of {local(reply['created'])}{before}.", reply["database"])


def page(reply: "BackupDetail", paint: Paint) -> str:
    """A backup as a person reads it."""
    verified = reply["verified"]
    rows = [
        Fact("backup", reply["name"]),
        Fact("state", "as it was written" if verified else "damaged", "green" if verified else "red"),
        Fact("because", reply["reason"]),
        Fact("holds", ", ".join(reply["kinds"])),
        Fact("made", local(reply["created"])),
        Fact("size", size(reply["bytes"])),
        Fact("sha256", reply["sha256"]),
        Fact("file", reply["path"]),
    ]
    return facts(rows, paint)


def _word(verified: bool | None) -> str:
    return {True: "yes", False: "NO", None: "not read"}[verified]


COLUMNS = (
    Column("NAME", "name"),
    Column("MADE", "created", local),
    Column("HOLDS", "kinds", ", ".join),
    Column("SIZE", "bytes", size, right=True),
    Column("VERIFIED", "verified", _word),
)
