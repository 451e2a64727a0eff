"""The log's thread: in order, all of it, and never in the way."""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from triforce_daemon.runtime import log_writer
from triforce_daemon.runtime.log_writer import LogWriter, current_request


class Pages:
    """A sink that keeps what it was given, as slowly as the test wants."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.makers: set[int] = set()
        self.go = threading.Event()
        self.go.set()
        self.closed = False

    @property
    def said(self) -> list[str]:
        return [line.removesuffix("\n") for batch in self.batches for line in batch]

    def format(self, record: logging.LogRecord) -> str:
        self.makers.add(threading.get_ident())
        return record.getMessage()

    def write_all(self, lines: Sequence[str]) -> None:
        self.go.wait(5)
        self.batches.append(list(lines))

    def close(self) -> None:
        self.closed = True


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("x", logging.INFO, "", 0, text, (), None)


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def writer(pages: Pages) -> Iterator[LogWriter]:
    made = LogWriter(pages)
    yield made
    pages.go.set()
    made.close()


def test_in_order_and_many_at_a_time(writer: LogWriter, pages: Pages) -> None:
    for number in range(1_000):
        writer.handle(record(str(number)))
    writer.flush()
    assert pages.said == [str(number) for number in range(1_000)]
    assert len(pages.batches) < 10
    assert writer.counts == {logging.INFO: 1_000}


def test_a_slow_disk_holds_nobody_up(writer: LogWriter, pages: Pages) -> None:
    pages.go.clear()
    began = time.monotonic()
    for number in range(1_000):
        writer.handle(record(str(number)))
    assert time.monotonic() - began < 0.5
    pages.go.set()
    writer.flush()
    assert len(pages.said) == 1_000


def test_what_is_too_much_is_counted(writer: LogWriter, pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_writer, "BACKLOG", 10)
    for number in range(25):
        writer.handle(record(str(number)))
    writer.flush()
    assert pages.said[:10] == [str(number) for number in range(10)]
    assert pages.said[10:] == ["15 records were not written: more came than the log could take"]


def test_closing_writes_what_waits(pages: Pages) -> None:
    writer = LogWriter(pages)
    writer.handle(record("last words"))
    writer.close()
    assert pages.said == ["last words"]
    assert pages.closed
    assert not writer.handle(record("too late"))
    writer.close()


def test_a_record_keeps_the_request_that_it_was_made_for(writer: LogWriter) -> None:
    records = {name: record(name) for name in ("one", "two")}
    for name, one in records.items():
        token = current_request.set(name)
        writer.handle(one)
        current_request.reset(token)
    assert {name: vars(one)["request_id"] for name, one in records.items()} == {"one": "one", "two": "two"}


def test_a_line_is_made_where_it_is_logged(writer: LogWriter, pages: Pages) -> None:
    """The thread, which makes none, takes the interpreter from nobody."""
    value = ["before"]
    writer.handle(logging.LogRecord("x", logging.INFO, "", 0, "%s", (value,), None))
    value[0] = "after"
    writer.flush()
    assert pages.said == ["['before']"]
    assert pages.makers == {threading.get_ident()}


def test_a_value_that_cannot_be_written_stops_nobody(writer: LogWriter, pages: Pages) -> None:
    class Unspeakable:
        def __str__(self) -> str:
            raise RuntimeError("no words")

    writer.handle(logging.LogRecord("x", logging.INFO, "", 0, "%s", (Unspeakable(),), None))
    writer.handle(record("next"))
    writer.flush()
    assert pages.said == ["a record could not be written: RuntimeError", "next"]


def test_a_program_that_ends_at_once_has_said_everything(tmp_path: Path) -> None:
    program = (
        "import logging, sys\n"
        "from triforce_daemon.runtime import logs\n"
        "from triforce_daemon.runtime.redaction import Redactor\n"
        "from triforce_daemon.settings import Log\n"
        "logs.configure(Log(file=sys.argv[1]), Redactor())\n"
        "for number in range(3_000): logging.getLogger('triforce_daemon.x').info('%d', number)\n"
        "raise SystemExit(3)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "log")], check=False, timeout=20)
    assert done.returncode == 3
    lines = (tmp_path / "log").read_text().splitlines()
    assert len(lines) == 3_000
    assert '"msg":"2999"' in lines[-1]
