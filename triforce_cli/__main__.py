"""`triforce`. Imports nothing but `sys` before it knows that more is needed: start-up is the user's time."""

import sys


def main() -> None:
    """Run the command line; exits the process."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from triforce_daemon.wire.constants import VERSION

        print("triforce", VERSION)
        return
    from triforce_cli.app import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
