"""docs/reference/errors.md: exit statuses and error codes."""

from collections.abc import Iterator
from typing import TypeVar

from docs.generator.markdown import page, table
from triforce_cli.errors import DaemonError, TriforceCliError
from triforce_cli.exit_codes import MEANINGS, RETRYABLE, exit_status
from triforce_daemon.errors import (
    ConfigurationInvalid,
    LimitReached,
    RobotsRefused,
    SourceUnreadable,
    TriforceError,
    TurnLimitReached,
    Unauthenticated,
)
from triforce_daemon.startup_errors import SocketRefused

Error = TypeVar("Error", bound=Exception)

INTRODUCTION = """\
Every error has a code for programs, and a sentence and a hint for people. Over HTTP it is
`{"error": {"code", "message", "hint", "request_id", …}}`; with `--json`, `triforce` prints the same object on one line
of standard error and leaves standard output empty. The command ends with the exit status of the code."""

_FAMILIES = (
    Unauthenticated,
    LimitReached,
    TurnLimitReached,
    RobotsRefused,
    SourceUnreadable,
    ConfigurationInvalid,
    SocketRefused,
    DaemonError,
)
_FILES = tuple(family.__module__ for family in _FAMILIES)


def text() -> str:
    return page("Errors", _parts())


def _parts() -> Iterator[str]:
    yield INTRODUCTION
    yield "## Exit statuses"
    yield table(("status", "meaning"), ((f"`{status}`", meaning) for status, meaning in MEANINGS.items()))
    yield f"After {', '.join(f'`{status}`' for status in RETRYABLE)} the same command may be run again."
    yield "## What the daemon says"
    yield table(("code", "HTTP", "exit", "when"), map(_of_the_daemon, below(TriforceError)))
    yield "## What the command line finds out for itself"
    own = (error for error in below(TriforceCliError) if error is not DaemonError)
    yield table(("code", "exit", "when"), ((f"`{it.code}`", _exit(it.code), _when(it)) for it in own))


def _of_the_daemon(error: type[TriforceError]) -> tuple[str, ...]:
    # With these it does not even start; only a file that is read anew can be wrong while it runs.
    never_sent = issubclass(error, ConfigurationInvalid) and error is not ConfigurationInvalid
    return (f"`{error.code}`", "" if never_sent else str(error.status), _exit(error.code), _when(error))


def _exit(code: str) -> str:
    return f"`{exit_status(code)}`"


def _when(error: type[Exception]) -> str:
    return " ".join((error.__doc__ or "").split())


def below(error: type[Error]) -> Iterator[type[Error]]:
    """The classes below an error class in the files of errors, each after the one that it is derived from.

    What another module derives for itself has its parent's code, and is there only where that module was imported.
    """
    for child in error.__subclasses__():
        if child.__module__ in _FILES:
            yield child
            yield from below(child)
