"""What was acknowledged is on disk, whenever the process is killed, and wholly so."""

import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture
def process() -> Iterator["subprocess.Popen[str]"]:
    words = [sys.executable, "-m", "tests.triforce_daemon.stores.sqlite.writing_process"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        yield started
        assert started.stdin is not None
        started.stdin.close()


#: What is written in one commit: the tables, and where they have its number.
KINDS = (("sessions", "id"), ("turns", "session"), ("ledger", "request"), ("memories", "id"))


def acknowledged(process: "subprocess.Popen[str]", path: str, first: int, enough: int) -> set[int]:
    """Let a writer live until it has acknowledged enough, kill it, and return all that it has acknowledged."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{path} {first}\n")
    process.stdin.flush()
    word, pid = process.stdout.readline().split()
    assert word == "pid"
    lines = iter(process.stdout.readline, "ended\n")
    promised = {int(line) for line in itertools.islice(lines, enough)}
    os.kill(int(pid), signal.SIGKILL)
    return promised | {int(line) for line in lines}


@pytest.mark.long
@pytest.mark.timeout(300)
def test_every_acknowledged_row_survives(process: "subprocess.Popen[str]", path: str, in_full: bool) -> None:
    chance = random.Random(20261123)
    promised: set[int] = set()
    for _ in range(100 if in_full else 20):
        promised |= acknowledged(process, path, max(promised, default=0) + 1_000, chance.choice([0, 1, 9, 80]))
        connection = sqlite3.connect(path)
        try:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            held = [
                {int(name) for (name,) in connection.execute(f"SELECT {column} FROM {table}")}
                for table, column in (
                    ("sessions", "id"),
                    ("turns", "session"),
                    ("ledger", "request"),
                    ("memories", "id"),
                )
            ]
            matches = connection.execute("SELECT count(*) FROM turns_text WHERE turns_text MATCH 'rayleigh'").fetchone()
            known = connection.execute(
                "SELECT count(*) FROM memories_text WHERE memories_text MATCH 'about'"
            ).fetchone()
        except sqlite3.OperationalError as error:
            # Killed before its first commit: there are no tables, or all of them.
            assert "no such table" in str(error)
            assert promised == set()
            continue
        finally:
            connection.close()
        sessions, turns, ledger, memory = held
        assert promised <= ledger
        assert sessions == turns == ledger == memory, "a commit is there wholly or not at all"
        assert matches == known == (len(turns),)
    assert len(promised) > 100
