"""`triforce daemon`: run it, start and stop it, see whether it is there."""

import os
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from triforce_cli.commands import _service
from triforce_cli.commands._asking import require_yes
from triforce_cli.contexts import Globals, configured, require_local, socket_path, transport
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonError, DaemonNotRunning, TimedOut
from triforce_cli.exit_codes import DONE, NOT_RUNNING
from triforce_cli.launcher import START_SECONDS, ask_program, daemon_command, start_daemon, wait_for_end, wait_for_state
from triforce_cli.output.as_table import Fact, facts, print_done, print_object
from triforce_cli.output.paint import Paint
from triforce_cli.output.words import ago, count, span

if TYPE_CHECKING:
    from triforce_daemon.wire.certificate import MadeCertificate
    from triforce_daemon.wire.config import Reloaded
    from triforce_daemon.wire.status import Stopping

app = typer.Typer(add_completion=False, help="The daemon: run, start and stop it.")

#: What a daemon may take beyond its own limit for open answers.
_GRACE_SECONDS = 15.0


@app.command()
def run(
    ctx: typer.Context,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting for this run; repeatable.")
    ] = None,
    dev: Annotated[
        bool, typer.Option("--dev", help="Start with secrets that everybody knows; for trials alone.")
    ] = False,
) -> None:
    """Run the daemon here, in the foreground, until Ctrl+C."""
    chosen: Globals = ctx.obj
    require_local("Running a daemon", chosen)
    command = daemon_command(chosen)
    for setting in settings or ():
        command += ["--set", setting]
    command += [*(["--json"] if chosen.json else []), *(["--dev"] if dev else [])]
    sys.stdout.flush()
    os.execve(command[0], command, dict(chosen.environ))


@app.command()
def start(ctx: typer.Context) -> None:
    """Start the daemon in the background. Where one runs, nothing changes."""
    chosen: Globals = ctx.obj
    require_local("Starting a daemon", chosen)
    state = _state(chosen)
    if state["pid"] is None:
        start_daemon(chosen)
        state = _state(chosen)
        remark = f"The daemon runs (pid {state['pid']}). To stop it: triforce daemon stop"
    else:
        remark = f"The daemon runs already (pid {state['pid']})."
    print_done(state, chosen, remark)


@app.command()
def stop(
    ctx: typer.Context,
    now: Annotated[bool, typer.Option("--now", help="Do not let open answers end first; what came is kept.")] = False,
) -> None:
    """Stop the daemon: open answers may end, for as long as the setting daemon.drain_seconds allows."""
    chosen: Globals = ctx.obj
    reply, remark = _stopped(chosen, now)
    print_done(reply, chosen, remark)


@app.command()
def restart(ctx: typer.Context) -> None:
    """Stop the daemon if it runs, and start it in the background: for new settings, or a new version."""
    chosen: Globals = ctx.obj
    state = restarted(chosen)
    print_done(state, chosen, f"The daemon runs (pid {state['pid']}).")


@app.command(
    epilog="""
    triforce config validate
    triforce daemon reload
    """
)
def reload(ctx: typer.Context) -> None:
    """Have the daemon read its configuration anew, without a pause for anybody; where it is wrong, nothing changes."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.of(chosen).reload()
    print_done(reply, chosen, _reloaded(reply))


System = Annotated[bool, typer.Option("--system", help="The machine's service, as a user of its own; for root.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")]


@app.command(
    epilog="""
    triforce daemon install --dry-run
    triforce daemon install
    sudo triforce daemon install --system
    """
)
def install(ctx: typer.Context, system: System = False, dry_run: DryRun = False) -> None:
    """Have systemd run the daemon: as your service, or with --system as the machine's."""
    chosen: Globals = ctx.obj
    planned = _service.plan(chosen, system)
    if dry_run:
        _service.show(planned, chosen)
        return
    if not system and _state(chosen)["managed_by"] not in (None, "systemd"):
        # Two daemons have no room on one socket.
        _stopped(chosen)
    _service.install(planned, chosen)


@app.command()
def uninstall(ctx: typer.Context, system: System = False, dry_run: DryRun = False) -> None:
    """End the service that `install` made and remove its files. Data and settings stay."""
    chosen: Globals = ctx.obj
    _service.uninstall(_service.plan(chosen, system), chosen, dry_run)


@app.command()
def status(ctx: typer.Context) -> int:
    """Say whether the daemon runs; the exit status is 3 where it does not."""
    chosen: Globals = ctx.obj
    state = _state(chosen)
    print_object(state, chosen, lambda paint: page(state, paint))
    return DONE if state["pid"] is not None else NOT_RUNNING


@app.command()
def wait(ctx: typer.Context) -> None:
    """Wait until the daemon is ready: for --timeout, or 30 seconds."""
    chosen: Globals = ctx.obj
    seconds = chosen.timeout or START_SECONDS
    if wait_for_state(lambda left: transport(chosen._replace(timeout=left)), ("ready",), seconds) is None:
        raise TimedOut(f"No daemon was ready within {span(seconds)}.", "Start one with: triforce daemon start")
    print_done(_state(chosen), chosen, "The daemon is ready.")


@app.command(
    epilog="""
    triforce daemon cert --host nas.example
    triforce config set https.enabled true
    triforce daemon restart
    """,
)
def cert(
    ctx: typer.Context,
    host: Annotated[
        list[str] | None,
        typer.Option("--host", metavar="NAME", help="A name or an address by which others reach it; repeatable."),
    ] = None,
) -> None:
    """Make a certificate for trials of the https listener, and print its fingerprint."""
    chosen: Globals = ctx.obj
    require_local("Making a certificate", chosen)
    words = ["cert", *(word for name in host or () for word in ("--host", name))]
    try:
        made = ask_program(chosen, *words, *(["--replace"] if chosen.yes else []))
    except DaemonError as error:
        if error.code != "certificate_exists":
            raise
        require_yes(f"{error.message} Put a new one in its place?", chosen)
        made = ask_program(chosen, *words, "--replace")
    print_object(made, chosen, lambda paint: _certificate_page(made, chosen, paint))


def _certificate_page(made: "MadeCertificate", chosen: Globals, paint: Paint) -> str:
    rows = [
        Fact("certificate", made["certificate"]),
        Fact("key", made["key"]),
        Fact("names", ", ".join(made["names"])),
        Fact("ends", made["ends"]),
        Fact("SHA-256", made["fingerprint"]),
    ]
    use = [
        f"triforce config unset https.{name}" for name in ("certificate", "key") if configured(chosen, "https", name)
    ]
    use += ["triforce config set https.enabled true", "triforce daemon restart"]
    return "\n".join([facts(rows, paint), "", "To use it:", *(f"  {line}" for line in use)])


def restarted(chosen: Globals) -> dict[str, Any]:
    """Stop the daemon if it runs, and start it in the background, or as the service that it was; returns its state."""
    before = _state(chosen)
    if before["managed_by"] == "systemd":
        _service.restart(before["socket"], chosen)
    else:
        _stopped(chosen)
        start_daemon(chosen)
    return _state(chosen)


def _reloaded(reply: "Reloaded") -> str:
    lines = [f"New: {', '.join(reply['taken'])}." if reply["taken"] else "Nothing is new."]
    if reply["restart"]:
        lines.append(f"From the next start: {', '.join(reply['restart'])}. See: triforce daemon restart")
    return " ".join(lines)


def page(state: dict[str, Any], paint: Paint) -> str:
    """What a person reads."""
    if state["pid"] is None:
        return f"The daemon is not running. {paint.dim('It starts with your first question.')}"
    rows = [
        Fact("state", state["state"], "green" if state["state"] == "ready" else "yellow"),
        Fact("pid", str(state["pid"])),
        Fact("since", ago(state["since"])),
        Fact("version", state["version"]),
        Fact("socket", state["socket"]),
        *(Fact("listens", address) for address in state["listen"]),
    ]
    return facts(rows, paint)


def _state(chosen: Globals) -> dict[str, Any]:
    """What `daemon status` says; a daemon that does not run is a state as well."""
    known: dict[str, Any] = {"state": "stopped", "socket": socket_path(chosen), "listen": []}
    with suppress(DaemonNotRunning):
        known.update(DaemonClient.of(chosen).status()["daemon"])
    names = ("state", "pid", "since", "version", "socket", "listen", "managed_by")
    return {"schema": "triforce.daemon.status/1", **{name: known.get(name) for name in names}}


def _stopped(chosen: Globals, now: bool = False) -> "tuple[Stopping | dict[str, Any], str]":
    """Stop the daemon and return when it has ended: its reply, and how it went. Raises TimedOut."""
    require_local("Stopping a daemon", chosen)
    client = DaemonClient.of(chosen)
    try:
        stopping = client.stop()
    except DaemonNotRunning:
        nothing = {"schema": "triforce.daemon.stop/1", "pid": None, "streams": 0, "drain_seconds": 0}
        return nothing, "The daemon was not running."
    if now:
        # To a daemon that ends already, the signal says: at once.
        with suppress(ProcessLookupError):
            os.kill(stopping["pid"], signal.SIGTERM)
    elif stopping["streams"] and chosen.talks:
        waiting = f"Waiting for {count(stopping['streams'], 'answer')}, at most {span(stopping['drain_seconds'])}."
        print(waiting, file=sys.stderr)
    begun = time.monotonic()
    if not wait_for_end(stopping["pid"], chosen.timeout or stopping["drain_seconds"] + _GRACE_SECONDS):
        raise TimedOut(
            f"The daemon (pid {stopping['pid']}) has not ended yet.", f"To end it at once: kill {stopping['pid']}"
        )
    return stopping, _how_it_ended(stopping, time.monotonic() - begun, now)


def _how_it_ended(stopping: "Stopping", seconds: float, now: bool) -> str:
    if not stopping["streams"]:
        return "The daemon has stopped."
    answers = count(stopping["streams"], "answer")
    if now:
        return f"The daemon has stopped; {answers} cut."
    in_time = seconds < stopping["drain_seconds"]
    how = "finished first" if in_time else f"cut after {span(stopping['drain_seconds'])}"
    return f"The daemon has stopped; {answers} {how}."
