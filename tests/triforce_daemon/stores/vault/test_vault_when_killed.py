"""Whenever the process is killed, the vault has the old keys or the new ones; several processes may share it."""

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from triforce_daemon.stores.vault.holders import FileHolder
from triforce_daemon.stores.vault.private_files import PrivateFolder
from triforce_daemon.stores.vault.vault import Vault

Process = subprocess.Popen[str]


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    words = [sys.executable, "-m", f"{__package__}.changing_process"]
    started = [subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    yield started
    for process in started:
        with process:
            assert process.stdin is not None
            process.stdin.close()


def begin(process: Process, folder: Path, first: int) -> int:
    """Let one change keys from `first` on; its process id."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(f"{folder} {first}\n")
    process.stdin.flush()
    return int(process.stdout.readline().removeprefix("pid "))


def promised(process: Process, pid: int, enough: int, seconds: float = 0) -> int:
    """Kill it after it has promised enough and the time has passed; the last number that it has promised, or 0."""
    assert process.stdout is not None
    lines = iter(process.stdout.readline, "ended\n")
    numbers = [int(line) for line in itertools.islice(lines, enough)]
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    return max([*numbers, *(int(line) for line in lines)], default=0)


async def kept(folder: Path) -> int:
    """The number of the key that is kept, 0 for none; the vault must be whole."""
    vault = Vault(str(folder), "file", FileHolder(PrivateFolder(str(folder))), None)
    await vault.open()
    assert vault.state.state in ("open", "empty"), vault.state.reason
    return max((int(entry.secret.split("-")[1]) for entry in vault.entries), default=0)


@pytest.mark.long
async def test_a_key_is_old_or_new(processes: list[Process], tmp_path: Path, in_full: bool) -> None:
    chance, last = random.Random(20261123), 0
    for _ in range(200 if in_full else 20):
        pid = begin(processes[0], tmp_path / "vault", last + 1)
        acknowledged = promised(processes[0], pid, chance.choice([0, 1, 5]), chance.uniform(0, 0.004))
        found = await kept(tmp_path / "vault")
        assert found in (max(acknowledged, last), max(acknowledged, last) + 1)
        last = found
    assert last > 20


async def test_a_dead_process_locks_nobody_out(processes: list[Process], tmp_path: Path) -> None:
    pids = [begin(process, tmp_path / "vault", 1 + number * 1_000_000) for number, process in enumerate(processes)]
    assert promised(processes[0], pids[0], 10) < 1_000_000 <= promised(processes[1], pids[1], 10)
    assert await kept(tmp_path / "vault")
