"""`triforce demo`: a tour in which each step is a real command, in a home that is gone afterwards."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any, NamedTuple

import typer

from triforce_cli.contexts import Globals, socket_path
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import TriforceCliError
from triforce_cli.exit_codes import DONE
from triforce_cli.launcher import wait_for_end
from triforce_cli.output.as_json import print_json
from triforce_cli.output.paint import paint_for
from triforce_daemon.wire.paths import data_folder

app = typer.Typer(add_completion=False)

QUESTION = "Why is the sky blue? Answer in two sentences."

_START = ("daemon", "start")
_STOP_SECONDS = 10.0


class Step(NamedTuple):
    """What the tour says, and the words of the command that it then runs."""

    remark: str
    words: tuple[str, ...]


TOUR = (
    Step("A daemon, on a socket that only you can open.", _START),
    Step("How it is:", ("status",)),
    Step("A small language model: fetched once, checked, and kept for later.", ("models", "pull")),
    Step("What can be asked:", ("models", "list")),
    Step("A question. The answer comes as the model writes it:", ("chat", "--max-tokens", "200", QUESTION)),
    Step("What that took:", ("usage",)),
    Step("And the end.", ("daemon", "stop")),
)


@app.command()
def demo(
    context: typer.Context,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the temporary home, and say where it is.")] = False,
) -> None:
    """Take a tour: start a daemon, fetch the embedded model, ask it something, stop.

    All of it happens in a temporary home. Your own daemon, settings and conversations are not touched; only the
    model's file is kept, in your data folder, so that it is fetched once.
    """
    chosen: Globals = context.obj
    with _temporary_home(keep, chosen) as home:
        away = _moved(chosen, home)
        with _stopping(away):
            done = [_go(step, away) for step in _announced(chosen)]
    if chosen.json:
        print_json({"schema": "triforce.demo/1", "items": done, "next": None}, chosen.fields)
    elif not chosen.quiet:
        print(f"\nThat was it. The model stays in {data_folder(chosen.environ)}. Your turn: triforce chat")


@contextmanager
def _temporary_home(keep: bool, chosen: Globals) -> Generator[str]:
    # The path of a Unix socket is short, hence straight in the folder for temporary files.
    home = tempfile.mkdtemp(prefix="triforce-demo-")
    try:
        yield home
    finally:
        if not keep:
            shutil.rmtree(home, ignore_errors=True)
        elif chosen.talks:
            print(f"Kept: {home}", file=sys.stderr)


def _moved(chosen: Globals, home: str) -> Globals:
    """The same run in a home of its own. The data folder stays the user's: it holds nothing but model files."""
    config = os.path.join(home, "config.toml")
    with open(config, "x", encoding="utf-8"):
        pass
    environ = {name: value for name, value in chosen.environ.items() if not name.startswith("TRIFORCE_")}
    environ |= {
        "XDG_STATE_HOME": home,
        "TRIFORCE_CONFIG": config,
        "TRIFORCE_SOCKET": os.path.join(home, "triforced.sock"),
    }
    return chosen._replace(environ=environ, socket=None, config=None)


def _announced(chosen: Globals) -> Iterator[Step]:
    """The steps, each with its remark and its command before it, as if typed."""
    paint = paint_for(sys.stdout, chosen.environ, chosen.no_color)
    for step in TOUR:
        if chosen.talks:
            command = " ".join(json.dumps(word) if " " in word else word for word in step.words)
            print(f"\n{step.remark}\n{paint.dim('$')} {paint.bold(f'triforce {command}')}", flush=True)
        yield step


def _go(step: Step, away: Globals) -> dict[str, Any]:
    """Run a step as a program of its own; ends the tour with the same status where it fails."""
    begun = time.monotonic()
    status, output = _run(step, away)
    if status != DONE:
        raise typer.Exit(status if status > 0 else 128 - status)
    reply = json.loads(output) if away.json else None
    return {"command": list(step.words), "ms": round((time.monotonic() - begun) * 1_000), "reply": reply}


def _run(step: Step, away: Globals) -> tuple[int, bytes]:
    """The exit status of a step, and with --json what it printed."""
    command = [sys.executable, "-P", "-m", "triforce_cli", *step.words, *_flags(away)]
    # Ctrl+C does not reach the start: whoever interrupts it waits for the daemon, so that it can be stopped.
    is_start = step.words == _START
    output = subprocess.PIPE if away.json else None
    with subprocess.Popen(command, env=away.environ, stdout=output, process_group=0 if is_start else None) as running:
        try:
            printed, _ = running.communicate()
        except KeyboardInterrupt:
            if not is_start:
                running.send_signal(signal.SIGINT)
            running.wait()
            raise
    return running.returncode, printed


def _flags(away: Globals) -> Iterator[str]:
    """The global flags that a step shares with the tour."""
    for name in ("json", "quiet", "verbose", "debug", "no_color"):
        if getattr(away, name):
            yield "--" + name.replace("_", "-")
    if away.timeout:
        yield f"--timeout={away.timeout}s"


@contextmanager
def _stopping(away: Globals) -> Generator[None]:
    """Leave no daemon behind: not after a failure, nor after Ctrl+C, nor when the terminal is closed."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    try:
        yield
    finally:
        with suppress(TriforceCliError):
            _stop(socket_path(away))


def _stop(socket: str) -> None:
    if not os.path.exists(socket):
        return
    stopping = DaemonClient.at(socket, _STOP_SECONDS).stop()
    if not wait_for_end(stopping["pid"], _STOP_SECONDS):
        os.kill(stopping["pid"], signal.SIGKILL)
