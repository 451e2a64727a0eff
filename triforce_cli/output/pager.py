"""Shows text: at once, or through a pager where it is longer than the terminal."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping

from triforce_cli.output.paint import is_terminal

#: Quits where one screen is enough, keeps colours, leaves the text on the screen.
_LESS = "less -FRX"


def show(text: str, environ: Mapping[str, str]) -> None:
    """Print `text` on standard output; in $PAGER where a person would lose the beginning of it."""
    if not text:
        return
    attended = is_terminal(sys.stdout) and is_terminal(sys.stdin)
    if not (attended and _is_long(text) and _paged(text, environ)):
        print(text)


def _is_long(text: str) -> bool:
    columns, rows = os.get_terminal_size(sys.stdout.fileno())
    # Widths of characters and colours are ignored: a pager that was not needed ends by itself.
    needed = sum(1 + len(line) // max(columns, 1) for line in text.splitlines())
    return needed >= rows


def _paged(text: str, environ: Mapping[str, str]) -> bool:
    """Whether there is a pager, which has then shown the text."""
    sys.stdout.flush()
    try:
        pager = subprocess.Popen(shlex.split(environ.get("PAGER") or _LESS), stdin=subprocess.PIPE, env=environ)
    except (OSError, ValueError, IndexError):
        return False
    # Whoever leaves the pager early closes the pipe; that is no failure, and neither is its exit status.
    pager.communicate(text.encode(sys.stdout.encoding, "replace"))
    return True
