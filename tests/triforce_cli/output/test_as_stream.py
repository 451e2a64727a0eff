"""Where an answer goes: text into pipes, Markdown to terminals; nothing late, nothing lost, nothing painted twice."""

import errno
import io
import os
import pty
import threading
import time
from collections.abc import Callable
from typing import Any, TextIO

import pytest

from triforce_cli.errors import OutputFailed
from triforce_cli.output.as_stream import (
    FRAME_SECONDS,
    MarkdownPrinter,
    SilentPrinter,
    TextPrinter,
    open_answer,
)
from triforce_cli.output.sanitise import Sanitiser

PATIENCE_SECONDS = 10.0
RICH = {"TERM": "xterm-256color"}


class Pages:
    """Stands for the terminal's view of an answer: notes when it is painted, and can be slow or broken."""

    def __init__(self, seconds: float = 0, failure: Exception | None = None) -> None:
        self.shown: list[str] = []
        self.finished = False
        self._seconds = seconds
        self._failure = failure

    def show(self, text: str) -> None:
        if self._failure:
            raise self._failure
        self.shown.append(text)
        time.sleep(self._seconds)

    def finish(self) -> None:
        self.finished = True


def printer_of(pages: Pages) -> MarkdownPrinter:
    return MarkdownPrinter(lambda: pages)  # pyright: ignore[reportArgumentType,reportReturnType]


def wait_until(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_the_first_word_is_painted_at_once() -> None:
    pages = Pages()
    printer = printer_of(pages)
    printer.feed("First")
    wait_until(lambda: pages.shown == ["First"])
    printer.end()


def test_a_word_after_which_nothing_comes_is_painted_too() -> None:
    pages = Pages()
    printer = printer_of(pages)
    printer.feed("First")
    wait_until(lambda: pages.shown)
    printer.feed(" second")
    wait_until(lambda: "".join(pages.shown) == "First second")
    printer.end()


def test_many_words_are_painted_together() -> None:
    pages = Pages()
    printer = printer_of(pages)
    began = time.monotonic()
    for _ in range(2_000):
        printer.feed("word ")
        time.sleep(0.000_05)
    printer.end()
    frames = (time.monotonic() - began) / FRAME_SECONDS
    assert "".join(pages.shown) == "word " * 2_000
    assert pages.finished and len(pages.shown) <= frames + 3


def test_painting_that_takes_long_is_done_less_often() -> None:
    pages = Pages(seconds=0.05)
    printer = printer_of(pages)
    began = time.monotonic()
    while time.monotonic() - began < 1:
        printer.feed("word ")
        time.sleep(0.001)
    painted = len(pages.shown)
    printer.end()
    assert painted <= 5, "four parts of five are left to others"


def test_the_end_does_not_wait_for_its_turn_and_loses_nothing() -> None:
    pages = Pages(seconds=0.2)
    printer = printer_of(pages)
    printer.feed("a")
    wait_until(lambda: pages.shown)
    printer.feed("b")
    printer.feed("c")
    began = time.monotonic()
    printer.end()
    assert time.monotonic() - began < 0.8, "the rest after a painting would take as long"
    assert "".join(pages.shown) == "abc" and pages.finished
    assert threading.active_count() == 1


def test_what_goes_wrong_with_painting_is_raised_where_it_is_fed() -> None:
    printer = printer_of(Pages(failure=ValueError("rendering")))
    printer.feed("a")
    with pytest.raises(ValueError, match="rendering"):
        printer.end()


def test_text_is_written_as_it_comes_and_ends_its_line() -> None:
    written: list[str] = []
    printer = TextPrinter(written.append)
    printer.feed("a\x1b[1m")
    assert written == ["a\x1b[1m"]
    printer.feed("")
    printer.end()
    assert written == ["a\x1b[1m", "\n"]


@pytest.mark.parametrize("pieces", [[], ["a\n"], ["a", "\r", "\n"]])
def test_a_line_that_ended_is_not_ended_twice(pieces: list[str]) -> None:
    written: list[str] = []
    printer = TextPrinter(written.append, Sanitiser())
    for piece in pieces:
        printer.feed(piece)
    printer.end()
    assert "".join(written) == ("a\n" if pieces else "")


def test_a_silent_printer_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    printer = SilentPrinter()
    printer.feed("a")
    printer.end()
    assert capsys.readouterr() == ("", "")


def test_a_file_gets_the_text_in_utf_8_whatever_the_locale() -> None:
    content = io.BytesIO()
    stream = io.TextIOWrapper(content, encoding="latin-1")
    stream.write("before ")
    printer = open_answer(stream, RICH)
    printer.feed("日本 \x1b[1m \ud83d")
    printer.end()
    assert content.getvalue() == "before 日本 \x1b[1m ?\n".encode()


@pytest.mark.parametrize(
    ("environ", "raw", "kind"),
    [
        (RICH, False, MarkdownPrinter),
        (RICH, True, TextPrinter),
        ({"TERM": "dumb"}, False, TextPrinter),
        ({}, False, TextPrinter),
    ],
)
def test_what_a_terminal_gets(environ: dict[str, str], raw: bool, kind: type) -> None:
    with on_a_terminal() as stream:
        printer = open_answer(stream, environ, raw=raw)
        assert type(printer) is kind
        printer.end()


def on_a_terminal() -> TextIO:
    _, theirs = pty.openpty()
    return open(theirs, "w", encoding="utf-8")


class Broken(io.RawIOBase):
    """A file that cannot be written."""

    def __init__(self, number: int) -> None:
        self.number = number

    def writable(self) -> bool:
        return True

    def write(self, _content: object) -> int:
        raise OSError(self.number, os.strerror(self.number))


@pytest.mark.parametrize(("number", "kind"), [(errno.ENOSPC, OutputFailed), (errno.EPIPE, BrokenPipeError)])
def test_what_cannot_be_written(number: int, kind: type[Exception]) -> None:
    """A full disk is told; a reader that has gone is left to the program."""
    stream: Any = io.TextIOWrapper(Broken(number), "utf-8")  # pyright: ignore[reportArgumentType]
    with pytest.raises(kind):
        open_answer(stream, RICH).feed("a")
