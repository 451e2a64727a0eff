"""Writes the log in a thread of its own, many lines at a time: whoever logs waits for no disk.

The lines are made where they are logged: a thread that makes them takes the interpreter from the loop again and again,
which costs each request five times what its line does.
"""

import contextlib
import logging
import threading
from collections import Counter, deque
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Protocol

#: The request that the current task serves; set at the door.
current_request: ContextVar[str | None] = ContextVar("current_request", default=None)

#: The listener by which it came.
current_listener: ContextVar[str | None] = ContextVar("current_listener", default=None)

#: Lines that may wait. Where more come than can be written, they are counted instead.
BACKLOG = 10_000
#: So long the thread lets lines gather before it writes them together, in seconds.
PAUSE = 0.05


class Sink(Protocol):
    """Where the lines go."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record, without its end."""
        ...

    def write_all(self, lines: Sequence[str]) -> None:
        """Write the lines, each with its end, in order; never raises."""
        ...

    def close(self) -> None: ...


class LogWriter(logging.Handler):
    """Takes records at once and in order. What was taken is written, also where the program ends in the next moment."""

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self._sink = sink
        self._waiting: deque[str] = deque()
        self._lost = 0
        self._told = False
        self._wake = threading.Event()
        self._hurry = threading.Event()
        self._written = threading.Condition()
        self._taken_count = 0
        self._written_count = 0
        self._ended = False
        #: How many records came of each level, by its number.
        self.counts: Counter[int] = Counter()
        self._thread = threading.Thread(target=self._work, name="log", daemon=True)
        self._thread.start()

    def handle(self, record: logging.LogRecord) -> bool:
        # Without the handler's lock: appending to a deque is one step.
        if self._ended:
            return False
        record.request_id = current_request.get()
        self.counts[record.levelno] += 1
        if len(self._waiting) >= BACKLOG:
            self._lost += 1
            return False
        self._waiting.append(self._line(record))
        self._taken_count += 1
        if not self._told:
            self._told = True
            self._wake.set()
        return True

    def emit(self, record: logging.LogRecord) -> None:
        self.handle(record)

    def flush(self) -> None:
        """Return when everything that was logged before is written."""
        wanted = self._taken_count
        self._hurry.set()
        self._wake.set()
        with self._written:
            self._written.wait_for(lambda: self._written_count >= wanted or not self._thread.is_alive(), timeout=5)
        self._hurry.clear()

    def close(self) -> None:
        if not self._ended:
            self._ended = True
            self._hurry.set()
            self._wake.set()
            self._thread.join(5)
            with contextlib.suppress(OSError):
                self._sink.close()
        super().close()

    def _work(self) -> None:
        while True:
            self._wake.wait()
            self._hurry.wait(PAUSE)
            self._wake.clear()
            ended = self._ended
            self._told = False
            self._write(self._taken())
            if ended:
                return

    def _line(self, record: logging.LogRecord) -> str:
        try:
            return self._sink.format(record) + "\n"
        except Exception as error:  # noqa: BLE001 - whatever a value does that is asked for its text: who logs it goes on
            words = f"a record could not be written: {type(error).__name__}"
            return self._sink.format(_of_ours(words, record.levelno, record.name)) + "\n"

    def _taken(self) -> list[str]:
        take = self._waiting.popleft
        # What comes meanwhile wakes the thread again.
        return [take() for _ in range(len(self._waiting))]

    def _write(self, lines: list[str]) -> None:
        lost, self._lost = self._lost, 0
        told = lines
        if lost:
            words = f"{lost} records were not written: more came than the log could take"
            told = [*lines, self._line(_of_ours(words, logging.WARNING))]
        if told:
            self._sink.write_all(told)
        with self._written:
            self._written_count += len(lines)
            self._written.notify_all()


def _of_ours(words: str, level: int, unit: str = __name__) -> logging.LogRecord:
    return logging.LogRecord(unit, level, "", 0, words, (), None)
