"""A person at a terminal: runs the installed `triforce` there, types, and looks at what is shown."""

import codecs
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping

from tests.triforce_cli.conftest import SCRIPT
from tests.triforce_cli.output.terminal import Terminal

CTRL_C, CTRL_D, CTRL_J = "\x03", "\x04", "\n"
ENTER, ALT_ENTER, TAB, UP = "\r", "\x1b\r", "\t", "\x1b[A"
PATIENCE_SECONDS = 15.0

# A terminal sends signals to those it controls, hence this step in between.
_CONTROLLED = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Person:
    """Use it as a context; leaving it ends the program if it still runs."""

    def __init__(self, *argv: str, environ: Mapping[str, str], columns: int = 80, rows: int = 24) -> None:
        self.terminal = Terminal(columns, rows)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (rows, columns))
        self.program = subprocess.Popen(
            [sys.executable, "-c", _CONTROLLED, str(SCRIPT), *argv],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=dict(environ),
            start_new_session=True,
        )
        os.close(theirs)
        # Programs ask the terminal where its cursor is.
        self.terminal.screen.write_process_input = self.type

    def __enter__(self) -> "Person":
        return self

    def __exit__(self, *_: object) -> None:
        if self.program.poll() is None:
            os.killpg(self.program.pid, signal.SIGKILL)
            self.program.wait()
        os.close(self._ours)

    def type(self, data: str) -> None:
        os.write(self._ours, data.encode())

    def sees(self, text: str) -> bool:
        return any(text in row for row in self.terminal.rows())

    def waits_for(self, text: str) -> None:
        """Return when `text` is shown; an AssertionError shows what there is instead."""
        self.waits_until(lambda: self.sees(text), text)

    def waits_until(self, happened: Callable[[], bool], what: str = "it") -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not happened():
            assert self._look(deadline - time.monotonic()), "\n".join([f"no {what!r} in:", *self.terminal.rows()])

    def waits_for_the_end(self) -> int:
        """The exit status of the program, when it has ended and all that it wrote is shown."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._look(deadline - time.monotonic()):
            pass
        return self.program.wait(PATIENCE_SECONDS)

    def resizes(self, columns: int) -> None:
        """Make the terminal wider or narrower."""
        lines = self.terminal.screen.lines
        termios.tcsetwinsize(self._ours, (lines, columns))
        self.terminal.screen.resize(lines, columns)

    def _look(self, seconds: float) -> bool:
        """Read what comes within that time; False where nothing came, or nothing ever will."""
        if not select.select([self._ours], [], [], max(seconds, 0))[0]:
            return False
        try:
            shown = os.read(self._ours, 1 << 16)
        except OSError:
            # So Linux says that nobody holds the other end any more.
            return False
        self.terminal.receive(self._decoder.decode(shown))
        return True
