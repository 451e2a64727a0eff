"""Makes a service of the daemon, below systemd, and takes it away again."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from triforce_cli.commands._asking import require_yes
from triforce_cli.contexts import Globals, require_local
from triforce_cli.errors import Failed, NotFound
from triforce_cli.files import whole
from triforce_cli.output.as_table import print_done, print_object
from triforce_cli.output.paint import Paint
from triforce_cli.units.installation import Plan, of_system, of_user, write
from triforce_daemon.wire.paths import SYSTEM_SOCKET


def plan(chosen: Globals, system: bool) -> Plan:
    """What makes the service. Raises LocalOnly, Failed."""
    require_local("Installing a service", chosen)
    return of_system(sys.executable) if system else of_user(chosen.environ, sys.executable)


def show(planned: Plan, chosen: Globals) -> None:
    """Print what would be written and run."""
    reply = _reply(planned, "install", planned.begin, dry_run=True)
    print_object(reply, chosen, lambda paint: _page(planned, paint))


def install(planned: Plan, chosen: Globals) -> None:
    """Write the files and have systemd take them in; whose are others' only after a yes. Raises Failed."""
    _require_systemd(chosen)
    others = [file.path for file in planned.files if file.state == "changed"]
    if others:
        require_yes(f"These files are there and say something else: {', '.join(others)}. Replace them?", chosen)
    reply = _reply(planned, "install", planned.begin)
    write(planned)
    _run(planned.begin, chosen, "The files are written")
    print_done(reply, chosen, _begun(planned))


def uninstall(planned: Plan, chosen: Globals, dry_run: bool) -> None:
    """End the service and remove its files; data and settings stay. Raises NotFound, Failed."""
    there = [file for file in planned.files if file.state != "new"]
    if not there:
        raise NotFound("No such service is installed.", "triforce daemon install")
    commands = [*planned.end, *planned.afterwards]
    reply = _reply(planned._replace(files=there), "uninstall", commands, dry_run=dry_run)
    if dry_run:
        lines = [*(f"rm {shlex.quote(file.path)}" for file in there), *map(shlex.join, commands)]
        print_object(reply, chosen, lambda _: "\n".join(lines))
        return
    _require_systemd(chosen)
    others = [file.path for file in there if not file.is_ours]
    if others:
        require_yes(f"These files were not written by triforce: {', '.join(others)}. Remove them?", chosen)
    _run(planned.end, chosen, "Nothing was removed")
    for file in there:
        whole.remove(file.path)
    _run(planned.afterwards, chosen, "The files are removed")
    print_done(reply, chosen, "The service is gone; what it kept is still there.")


def restart(socket: str, chosen: Globals) -> None:
    """Have systemd end and begin the service that answers on `socket`. Raises Failed."""
    control = ["systemctl"] if socket == SYSTEM_SOCKET else ["systemctl", "--user"]
    _run([[*control, "restart", "triforced.service"]], chosen, "It was not restarted")


def _require_systemd(chosen: Globals) -> None:
    if shutil.which("systemctl", path=chosen.environ.get("PATH")) is None:
        raise Failed("There is no systemd here: systemctl was not found.", "triforce daemon start works without it.")


def _run(commands: Sequence[Sequence[str]], chosen: Globals, so_far: str) -> None:
    for at, words in enumerate(commands):
        try:
            done = subprocess.run(
                words, env=dict(chosen.environ), stdin=subprocess.DEVNULL, capture_output=True, timeout=chosen.timeout
            )
            problem = None if done.returncode == 0 else done.stderr.decode(errors="replace").strip() or "it failed"
        except OSError as error:
            problem = str(error.strerror)
        except subprocess.TimeoutExpired:
            problem = "it took too long"
        if problem is not None:
            left = " && ".join(shlex.join(one) for one in commands[at:])
            said = problem.splitlines()[-1]
            raise Failed(f"{so_far}, but systemd was not told: {shlex.join(words)}: {said}", f"To go on: {left}")


def _begun(planned: Plan) -> str:
    if planned.scope == "system":
        return "The service runs, and begins with the machine. Who else may use it: docs/operations/systemd.md"
    return "The service runs, and begins when you log in. To have it begin with the machine: loginctl enable-linger"


def _page(planned: Plan, paint: Paint) -> str:
    shown = [f"{paint.dim(f'# {file.path} ({file.state})')}\n{file.text}" for file in planned.files]
    return "\n".join([*shown, paint.dim("# then"), *map(shlex.join, planned.begin)])


def _reply(planned: Plan, verb: str, commands: Sequence[Sequence[str]], dry_run: bool = False) -> dict[str, Any]:
    return {
        "schema": f"triforce.daemon.{verb}/1",
        "scope": planned.scope,
        "dry_run": dry_run,
        "files": [{"path": file.path, "state": file.state, "text": file.text} for file in planned.files],
        "commands": [list(words) for words in commands],
    }
