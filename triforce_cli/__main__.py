"""`triforce`. Loads next to nothing before it knows that more is needed: start-up is the user's time."""

import os
import sys


def main() -> None:
    """Run the command line; ends the process."""
    try:
        status = _run(sys.argv[1:])
    except KeyboardInterrupt:
        status = 130
    # All is written by now. Taking the interpreter down in good order would cost a fifth of a short command.
    os._exit(status)


def _run(argv: list[str]) -> int:
    if argv in (["--version"], ["-V"]):
        return _version()
    from triforce_cli.app.outcome import run

    return run(argv, os.environ)  # noqa: TID251


def _version() -> int:
    from triforce_daemon.wire.constants import VERSION

    try:
        print("triforce", VERSION, flush=True)
    except OSError as error:
        # A reader that has gone is no failure; a full disk is.
        return 0 if isinstance(error, BrokenPipeError) else 1
    return 0


if __name__ == "__main__":
    main()
