"""The keyboard beside an answer: what is typed waits for its turn, and does not stand in the middle of the text."""

import os
import sys
import termios
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from triforce_cli.output.paint import is_terminal

_INPUT, _LOCAL = 0, 3
_ECHOING = termios.ECHO | termios.ICANON


@contextmanager
def hushed() -> Generator[None]:
    """The terminal echoes nothing, not even ^C, until the end. Where the answer goes elsewhere, nothing happens.

    Whoever reads next gets the keys as they were typed: Enter is no newline, which a line editor takes for Ctrl+J.
    """
    with _restored() as modes:
        if modes is not None:
            modes[_INPUT] &= ~termios.ICRNL
            modes[_LOCAL] &= ~_ECHOING
            _set(modes)
        yield


@contextmanager
def ordinary() -> Generator[None]:
    """The terminal is as other programs expect it, until the end."""
    with _restored() as modes:
        if modes is not None:
            modes[_INPUT] |= termios.ICRNL
            modes[_LOCAL] |= _ECHOING
            _set(modes)
        yield


@contextmanager
def _restored() -> Generator[list[Any] | None]:
    """The modes of the terminal, to be changed; at the end they are what they were."""
    # Whoever reads this program's output, `less` for example, sets the modes of the terminal as well.
    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        yield None
        return
    before = termios.tcgetattr(sys.stdin.fileno())
    try:
        yield [*before]
    finally:
        _set(before)


def _set(modes: list[Any]) -> None:
    # The terminal belongs to the program in the foreground; another one that changes it is stopped (termios(3)).
    if os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp():
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, modes)
