"""Runs one command line, and turns whatever comes of it into an exit status and a message for a person or a program."""

import os
import platform
import sys
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import typer
from typer.completion import get_completion_inspect_parameters, shell_complete
from typer.exceptions import TyperException

from triforce_cli import exit_codes
from triforce_cli.app.tree import COMPLETE_VARIABLE, PROGRAM, Root
from triforce_cli.errors import Bug, Failed, OutputFailed, TriforceCliError, WrongUsage
from triforce_cli.output.as_json import json_line
from triforce_cli.output.as_words import in_words
from triforce_cli.output.paint import is_terminal, paint_for
from triforce_daemon.wire.constants import VERSION
from triforce_daemon.wire.paths import state_folder


def run(argv: list[str], environ: Mapping[str, str]) -> int:
    """Run `triforce ARGV…` and return its exit status; everything that it has to say is written when it returns."""
    _open_what_is_closed()
    _write_what_the_locale_can()
    try:
        status = _invoke(argv, environ)
        _flush()
    except KeyboardInterrupt:
        status = _interrupted()
    except BrokenPipeError:
        # The reader, a `head` for example, has seen enough.
        status = _leave_pipe()
    except TriforceCliError as error:
        status = _refuse(error, argv, environ)
    except TyperException as error:
        status = _refuse(_usage(error), argv, environ)
    except OSError as error:
        status = _refuse(Failed(_in_words(error)), argv, environ)
    except Exception as error:  # noqa: BLE001 (the last resort: a bug becomes a report, not a traceback)
        status = _bug(error, argv, environ)
    return status


def _invoke(argv: list[str], environ: Mapping[str, str]) -> int:
    root = Root(environ)
    asked = environ.get(COMPLETE_VARIABLE)
    if asked:
        # Asking for these registers Typer's shells.
        get_completion_inspect_parameters()
        return shell_complete(root, {}, PROGRAM, COMPLETE_VARIABLE, asked)
    try:
        # The parser eats the list that it is given.
        with root.make_context(PROGRAM, list(argv)) as context:
            return root.invoke(context) or exit_codes.DONE
    except typer.Exit as ended:
        return ended.exit_code
    except (typer.Abort, EOFError):
        raise KeyboardInterrupt from None


def _usage(error: TyperException) -> TriforceCliError:
    context: Any = getattr(error, "ctx", None)
    hint = f"See: {context.command_path} --help" if context else None
    return WrongUsage(_sentence(error.format_message()), hint)


def _refuse(error: TriforceCliError, argv: list[str], environ: Mapping[str, str]) -> int:
    """Say what went wrong, in words, or with --json as one line of JSON."""
    _flush_what_can_be()
    if _flag("--debug", argv):
        traceback.print_exc()
    if _flag("--json", argv):
        _complain(json_line({"error": error.body()}))
    else:
        paint = paint_for(sys.stderr, environ, _flag("--no-color", argv))
        _complain(in_words(error, paint, verbose=_flag("--verbose", argv) or _flag("-v", argv)))
    return error.exit_status


def _bug(error: Exception, argv: list[str], environ: Mapping[str, str]) -> int:
    try:
        hint = f"Please report it with this file: {_report(error, argv, environ)}"
    except OSError as trouble:
        hint = f"The report could not be written ({_in_words(trouble)}); run it again with --debug."
    bug = Bug(f"You found a bug in triforce: {type(error).__name__}: {error}", hint)
    return _refuse(bug, argv, environ)


def _report(error: Exception, argv: list[str], environ: Mapping[str, str]) -> str:
    """Write what a developer needs to know; of the arguments only the flags, for the rest may be private."""
    folder = os.path.join(state_folder(environ), "reports")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    path = os.path.join(folder, time.strftime(f"%Y%m%dT%H%M%SZ-{os.getpid()}.txt", time.gmtime()))
    shown = [word if word.startswith("-") or at < 2 else "…" for at, word in enumerate(argv)]
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as report:
        report.write(f"triforce {VERSION}, Python {platform.python_version()}, {platform.platform()}\n")
        report.write(f"Command: {PROGRAM} {' '.join(shown)}\n\n")
        report.write("".join(traceback.format_exception(error)))
    return path


def _flush() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputFailed(f"The output could not be written: {error.strerror}.") from None


def _flush_what_can_be() -> None:
    """What was printed belongs before what is said about it."""
    with suppress(OSError, OutputFailed):
        _flush()


def _interrupted() -> int:
    _flush_what_can_be()
    if is_terminal(sys.stderr):
        # The terminal has echoed ^C; the prompt should not stand behind it.
        _complain("")
    return exit_codes.INTERRUPTED


def _leave_pipe() -> int:
    # What is still in the buffer has nowhere to go.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return exit_codes.DONE


def _complain(text: str) -> None:
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def _open_what_is_closed() -> None:
    """A stream that the caller closed is None, and `print` would write into another one instead."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (until the end)


def _write_what_the_locale_can() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")


def _flag(name: str, argv: list[str]) -> bool:
    """Whether a flag was given; looked up in the words themselves, for the parser may have failed before it came."""
    words = argv[: argv.index("--")] if "--" in argv else argv
    return name in words


def _in_words(error: OSError) -> str:
    return f"{error.strerror or error}: {error.filename}" if error.filename else str(error.strerror or error)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
