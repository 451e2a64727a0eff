"""Prints an answer while it comes: rendered Markdown on a terminal, and into a pipe or a file the bare text."""

import os
import threading
import time
from collections.abc import Callable, Mapping
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol, TextIO

from triforce_cli.errors import OutputFailed
from triforce_cli.output.paint import is_terminal
from triforce_cli.output.sanitise import Sanitiser

if TYPE_CHECKING:
    from triforce_cli.output.markdown_answer import MarkdownAnswer

#: Between two paintings of what has changed: more often than this nobody can see.
FRAME_SECONDS = 0.02
#: Long blocks take longer to render; for each second of rendering, this many are left to others.
_REST = 4

_USUAL_SIZE = (80, 24)


class AnswerPrinter(Protocol):
    """Where an answer goes. `end` is called once, also when the answer broke off; it returns when all is printed.

    `pause` lets others print something beneath what came so far.
    """

    def feed(self, text: str) -> None: ...

    def pause(self) -> None: ...

    def end(self) -> None: ...


def open_answer(
    stream: TextIO, environ: Mapping[str, str], *, raw: bool = False, no_color: bool = False
) -> AnswerPrinter:
    """The printer for what `stream` is: Markdown on a terminal that can show it, else the text alone.

    A terminal never gets a control character of the answer's. A pipe or a file gets exactly the text that came, in
    UTF-8, and a newline where it has none at its end: what is done with it there is not known here.
    """
    if not is_terminal(stream):
        return TextPrinter(_writer(stream, "utf-8"))
    write = _writer(stream, stream.encoding)
    if raw or environ.get("TERM", "dumb") in ("dumb", "unknown", ""):
        return TextPrinter(write, Sanitiser())
    return MarkdownPrinter(lambda: _markdown(stream, write, environ, no_color))


class TextPrinter:
    """Prints each piece of text as soon as it comes."""

    def __init__(self, write: Callable[[str], object], sanitiser: Sanitiser | None = None) -> None:
        self._write = write
        self._sanitiser = sanitiser
        self._last = "\n"

    def feed(self, text: str) -> None:
        shown = self._sanitiser.feed(text) if self._sanitiser else text
        if shown:
            # Noted first: an interrupt may come while it is written.
            self._last = shown
            self._write(shown)

    def pause(self) -> None:
        if not self._last.endswith("\n"):
            self._last = "\n"
            self._write("\n")

    def end(self) -> None:
        self.pause()


class SilentPrinter:
    """Prints nothing: for answers that are shown in another form when they are whole."""

    def feed(self, text: str) -> None:
        pass

    def pause(self) -> None:
        pass

    def end(self) -> None:
        pass


class MarkdownPrinter:
    """Paints in a thread of its own: what comes is never kept waiting, and what came is never seen late."""

    def __init__(self, begin: Callable[[], "MarkdownAnswer"]) -> None:
        self._begin = begin
        self._pieces: SimpleQueue[str] = SimpleQueue()
        self._ended = threading.Event()
        self._failure: Exception | None = None
        # At once: what it needs is loaded while the answer is on its way.
        self._thread: threading.Thread | None = self._started()

    def feed(self, text: str) -> None:
        if self._thread is None:
            self._thread = self._started()
        self._pieces.put(text)
        self._raise()

    def pause(self) -> None:
        self.end()

    def end(self) -> None:
        if self._thread is not None:
            self._ended.set()
            self._pieces.put("")
            self._thread.join()
            self._thread = None
        self._raise()

    def _started(self) -> threading.Thread:
        self._ended.clear()
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        return thread

    def _raise(self) -> None:
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _run(self) -> None:
        try:
            self._paint(self._begin())
        except Exception as error:  # noqa: BLE001 - whatever it is, the thread that feeds raises it
            self._failure = error

    def _paint(self, answer: "MarkdownAnswer") -> None:
        while not (self._ended.is_set() and self._pieces.empty()):
            text = self._take()
            began = time.monotonic()
            answer.show(text)
            self._ended.wait(max(FRAME_SECONDS, _REST * (time.monotonic() - began)))
        answer.finish()

    def _take(self) -> str:
        """All that has come, as soon as anything has."""
        pieces = [self._pieces.get()]
        while not self._pieces.empty():
            pieces.append(self._pieces.get())
        return "".join(pieces)


def _markdown(
    stream: TextIO, write: Callable[[str], object], environ: Mapping[str, str], no_color: bool
) -> "MarkdownAnswer":
    # Loading it takes a moment in which the first words of the answer are on their way.
    from triforce_cli.output.markdown_answer import MarkdownAnswer

    return MarkdownAnswer(write, lambda: _size(stream), stream, environ, no_color)


def _size(stream: TextIO) -> os.terminal_size:
    # Some terminals, of containers for example, do not know how large they are.
    columns, lines = os.get_terminal_size(stream.fileno())
    return os.terminal_size((columns or _USUAL_SIZE[0], lines or _USUAL_SIZE[1]))


def _writer(stream: TextIO, encoding: str) -> Callable[[str], None]:
    """What writes text to `stream` at once, whatever it holds."""

    def write(text: str) -> None:
        try:
            stream.buffer.write(text.encode(encoding, "replace"))
            stream.buffer.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputFailed(f"The answer could not be written: {error.strerror}.") from None

    stream.flush()
    return write
