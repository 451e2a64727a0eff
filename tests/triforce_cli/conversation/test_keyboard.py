"""The modes of the terminal: changed while an answer comes, and what they were afterwards."""

import io
import os
import pty
import sys
import termios
from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest

from triforce_cli.conversation.keyboard import hushed, ordinary

ECHOING = termios.ECHO | termios.ICANON


def is_no_other(stream: object) -> bool:
    """Standard output is taken for the terminal, since the tests' own changes hands."""
    return not isinstance(stream, io.StringIO)


def in_the_foreground(_terminal: int) -> int:
    return os.getpgrp()


def in_the_background(_terminal: int) -> int:
    return os.getpgrp() + 1


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal as standard input and output, whose foreground is this process."""
    ours, theirs = pty.openpty()
    with open(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        monkeypatch.setattr(sys.modules[hushed.__module__], "is_terminal", is_no_other)
        monkeypatch.setattr(os, "tcgetpgrp", in_the_foreground)
        yield theirs
    os.close(ours)


def modes(keyboard: int) -> tuple[bool, bool]:
    """Whether it echoes, and whether it makes newlines of Enter."""
    found = termios.tcgetattr(keyboard)
    return bool(found[3] & ECHOING), bool(found[0] & termios.ICRNL)


def test_a_hushed_keyboard_echoes_nothing(keyboard: int) -> None:
    with hushed():
        assert modes(keyboard) == (False, False)
        with ordinary():
            assert modes(keyboard) == (True, True)
        assert modes(keyboard) == (False, False)
    assert modes(keyboard) == (True, True)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, ValueError])
def test_it_is_restored_whatever_happens(keyboard: int, kind: type[BaseException]) -> None:
    with pytest.raises(kind), hushed():
        raise kind
    assert modes(keyboard) == (True, True)


def test_in_the_background_the_terminal_is_left_alone(keyboard: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "tcgetpgrp", in_the_background)
    with hushed():
        assert modes(keyboard) == (True, True)


def test_the_terminal_of_whoever_reads_the_answer_is_left_alone(keyboard: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    with hushed():
        assert modes(keyboard) == (True, True)


@pytest.mark.parametrize("change", [hushed, ordinary])
@pytest.mark.parametrize("stdin", [None, io.StringIO()])
def test_without_a_terminal_nothing_happens(change: type[AbstractContextManager[None]], stdin: object) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", stdin)
        with change():
            pass
