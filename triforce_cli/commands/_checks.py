"""What `triforce doctor` looks at from this side of the socket."""

import os
import platform
import stat
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from triforce_cli.contexts import Globals, configuration, remote, socket_path
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonNotRunning, TriforceCliError
from triforce_cli.output.paint import is_terminal
from triforce_daemon.wire.constants import SOCKET_PATH_LIMIT, VERSION
from triforce_daemon.wire.paths import data_folder, state_folder

if TYPE_CHECKING:
    from typing import Literal

    from triforce_daemon.wire.doctor import Check

_OLDEST_PYTHON = (3, 11)
#: A daemon that is busy answers late; one that hangs does not answer at all.
_DAEMON_SECONDS = 5.0


class Finding(NamedTuple):
    """What a look has shown."""

    status: "Literal['ok', 'warn', 'fail']"
    summary: str
    fix: str | None = None
    details: str | None = None


def examine(chosen: Globals, offline: bool) -> "Iterator[Check]":
    """Look at one thing after the other; changes nothing and starts nothing. `offline`: without asking the daemon."""
    looks: tuple[tuple[str, str, Callable[[Globals], Finding]], ...] = (
        ("python", "command line", _python),
        ("terminal", "command line", _terminal),
        ("folder.state", "folders", lambda chosen: _folder(state_folder(chosen.environ), "XDG_STATE_HOME")),
        ("folder.data", "folders", lambda chosen: _folder(data_folder(chosen.environ), "XDG_DATA_HOME")),
        ("folder.config", "folders", lambda chosen: _folder(os.path.dirname(configuration(chosen)), "XDG_CONFIG_HOME")),
        *((("socket", "daemon", _socket),) if remote(chosen) is None else ()),
        *(() if offline else (("daemon", "daemon", _daemon),)),
    )
    for name, category, look in looks:
        yield timed(name, category, look, chosen)


def timed(name: str, category: str, look: Callable[[Globals], Finding], chosen: Globals) -> "Check":
    """One look, with what it has shown and how long it took."""
    begun = time.perf_counter()
    found = look(chosen)
    ms = round((time.perf_counter() - begun) * 1_000, 1)
    return {
        "id": name,
        "category": category,
        "status": found.status,
        "summary": found.summary,
        "details": found.details,
        "fix": found.fix,
        "ms": ms,
    }


def _python(_: Globals) -> Finding:
    summary = f"Python {platform.python_version()}, triforce {VERSION}"
    if sys.version_info < _OLDEST_PYTHON:
        return Finding("fail", summary, "Install triforce with Python 3.11 or newer.", sys.executable)
    return Finding("ok", summary, details=sys.executable)


def _terminal(chosen: Globals) -> Finding:
    encoding = (sys.stdout.encoding or "").lower()
    if encoding.replace("-", "") != "utf8":
        return Finding("warn", f"Text is written as {encoding}: some of it cannot be shown.", "Set LANG=C.UTF-8.")
    if not is_terminal(sys.stdout):
        return Finding("ok", "Standard output is no terminal: tables are printed bare, without colours.")
    term = chosen.environ.get("TERM", "")
    if term in ("", "dumb"):
        return Finding("warn", f"TERM is {term!r}: no colours, no progress bars.", "Set TERM to what your terminal is.")
    colours = "no colours are wanted" if chosen.no_color or chosen.environ.get("NO_COLOR") else "with colours"
    return Finding("ok", f"A terminal ({term}), {encoding}, {colours}")


def _folder(path: str, variable: str) -> Finding:
    """Whether the folder, or the first above it that there is, can be written."""
    there = path
    while not os.path.exists(there):
        there = os.path.dirname(there)
    if not os.path.isdir(there):
        return Finding("fail", f"{there} is no folder.", f"Move it away, or set {variable} to another place.")
    if not os.access(there, os.W_OK | os.X_OK, effective_ids=True):
        return Finding("fail", f"{there} cannot be written.", f"Change its mode, or set {variable} to another place.")
    return Finding("ok", f"{path} can be written" if there == path else f"{path} can be made")


def _socket(chosen: Globals) -> Finding:
    path = socket_path(chosen)
    if len(os.fsencode(path)) > SOCKET_PATH_LIMIT:
        return Finding("fail", f"The path of the socket is too long: {path}", "Set XDG_RUNTIME_DIR or TRIFORCE_SOCKET.")
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return Finding("ok", f"{path}, not there yet")
    except OSError as error:
        return Finding("fail", f"{path}: {error.strerror}", "Name another socket with --socket.")
    if not stat.S_ISSOCK(found.st_mode):
        return Finding("fail", f"{path} is no socket.", "Move it away, or name another one with --socket.")
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o007:
        return Finding("warn", f"{path} is open to every user (mode {mode:o}).", "Restart: triforce daemon restart")
    return Finding("ok", f"{path} (mode {mode:o})")


def _daemon(chosen: Globals) -> Finding:
    try:
        client = DaemonClient.of(chosen._replace(timeout=chosen.timeout or _DAEMON_SECONDS))
        daemon = client.status()["daemon"]
    except DaemonNotRunning:
        return Finding("ok", "The daemon is not running; it starts with your first question.")
    except TriforceCliError as error:
        return Finding("fail", error.message, error.hint)
    if daemon["version"] != VERSION:
        words = f"The daemon is triforce {daemon['version']}, the command line is {VERSION}."
        return Finding("warn", words, "Restart it after an update: triforce daemon restart")
    return Finding("ok", f"The daemon is {daemon['state']} (pid {daemon['pid']})")
