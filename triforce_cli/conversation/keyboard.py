"""The keyboard while an answer comes: what is typed then waits, and does not stand in the middle of the answer."""

import os
import sys
import termios
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from triforce_cli.output.paint import is_terminal

_INPUT_MODES, _LOCAL_MODES = 0, 3


@contextmanager
def hushed() -> Generator[None]:
    """The terminal echoes nothing, not even ^C, until the end. Without a terminal, nothing happens.

    Whoever reads next gets the keys as they were typed: Enter is no newline, which a line editor takes for Ctrl+J.
    """
    if not is_terminal(sys.stdin):
        yield
        return
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    silent = [*before]
    silent[_INPUT_MODES] &= ~termios.ICRNL
    silent[_LOCAL_MODES] &= ~(termios.ECHO | termios.ICANON)
    _set(keyboard, silent)
    try:
        yield
    finally:
        _set(keyboard, before)


def _set(keyboard: int, modes: list[Any]) -> None:
    # The terminal belongs to the program in the foreground; another that changes it is stopped (termios(3)).
    if os.tcgetpgrp(keyboard) == os.getpgrp():
        termios.tcsetattr(keyboard, termios.TCSADRAIN, modes)
