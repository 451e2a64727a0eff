"""A process that forks one writer after another, each to be killed: reads paths, answers with pids and receipts.

Forking saves each round the time of importing everything anew.
"""

import asyncio
import os
import sys

from tests.triforce_daemon.stores import memory_rows, rows
from triforce_daemon.stores.ledger import LedgerStore
from triforce_daemon.stores.memory_writes import MemoryWrites
from triforce_daemon.stores.sessions import SessionStore
from triforce_daemon.stores.sqlite.database import SqliteDatabase


def main() -> None:
    for line in sys.stdin:
        path, first = line.split()
        pid = os.fork()
        if pid == 0:
            # It says so itself: nothing that it promises comes before.
            say(f"pid {os.getpid()}")
            asyncio.run(write_for_ever(path, int(first)))
        os.waitpid(pid, 0)
        say("ended")


async def write_for_ever(path: str, first: int) -> None:
    """Write a row of each kind in one commit, over and over; tell the number of what is on disk."""
    database = SqliteDatabase(path, "normal", busy_seconds=5)
    await database.open()
    store, ledger, memory = SessionStore(database), LedgerStore(database), MemoryWrites(database)

    async def write(number: int) -> None:
        while True:
            name = str(number)
            await database.write(
                store.insert_session(**rows.session(name)),
                store.insert_turn(**rows.turn(name)),
                ledger.row(rows.entry(name)),
                memory.insert(memory_rows.entry(name)),
            )
            say(name)
            number += WRITERS

    await asyncio.gather(*(write(first + number) for number in range(WRITERS)))


WRITERS = 8


def say(words: str) -> None:
    os.write(1, f"{words}\n".encode())


if __name__ == "__main__":
    main()
