"""What was acknowledged is on disk, whenever the process is killed, and wholly so."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import IO

import pytest


@pytest.fixture
def process() -> Iterator["subprocess.Popen[str]"]:
    words = [sys.executable, "-m", "tests.triforce_daemon.stores.writing_process"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        yield started
        assert started.stdin is not None
        started.stdin.close()


def acknowledged(process: "subprocess.Popen[str]", path: str, first: int, seconds: float) -> set[int]:
    """Let a writer live for so long, kill it, and return what it had acknowledged."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{path} {first}\n")
    process.stdin.flush()
    word, pid = process.stdout.readline().split()
    assert word == "pid"
    time.sleep(seconds)
    os.kill(int(pid), signal.SIGKILL)
    return set(receipts(process.stdout))


def receipts(stream: IO[str]) -> Iterator[int]:
    for line in stream:
        if line == "ended\n":
            return
        yield int(line)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_every_acknowledged_row_survives(process: "subprocess.Popen[str]", path: str, in_full: bool) -> None:
    chance = random.Random(20261123)
    promised: set[int] = set()
    for _ in range(100 if in_full else 20):
        promised |= acknowledged(process, path, 1 + max(promised, default=0) + 1_000, chance.uniform(0.02, 0.25))
        connection = sqlite3.connect(path)
        try:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            held = [
                {int(name) for (name,) in connection.execute(f"SELECT {column} FROM {table}")}
                for table, column in (("sessions", "id"), ("turns", "session"), ("ledger", "request"))
            ]
            matches = connection.execute("SELECT count(*) FROM turns_text WHERE turns_text MATCH 'rayleigh'").fetchone()
        except sqlite3.OperationalError as error:
            # Killed before its first commit: there are no tables, or all of them.
            assert "no such table" in str(error)
            assert promised == set()
            continue
        finally:
            connection.close()
        sessions, turns, ledger = held
        assert promised <= ledger
        assert sessions == turns == ledger, "a commit is there wholly or not at all"
        assert matches == (len(turns),)
    assert len(promised) > 100
