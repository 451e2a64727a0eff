"""A process that forks one owner of a vault after another, each to be killed: reads folders, answers with receipts.

Forking saves each round the time of importing everything anew.
"""

import asyncio
import os
import sys

from triforce_daemon.stores.vault.entries import Entry
from triforce_daemon.stores.vault.holders import FileHolder
from triforce_daemon.stores.vault.private_files import PrivateFolder
from triforce_daemon.stores.vault.vault import Vault


def main() -> None:
    for line in sys.stdin:
        folder, first = line.split()
        pid = os.fork()
        if pid == 0:
            # It says so itself: nothing that it promises comes before.
            say(f"pid {os.getpid()}")
            asyncio.run(change_for_ever(folder, int(first)))
        os.waitpid(pid, 0)
        say("ended")


async def change_for_ever(folder: str, number: int) -> None:
    """Renew one key over and over; tell the number of the one that is on disk."""
    # Nobody asks the keyring where a file is to hold the key.
    vault = Vault(folder, "file", FileHolder(PrivateFolder(folder)), None)
    await vault.open()
    while True:
        await vault.put(Entry("groq", "default", f"gsk-{number}-{'x' * (number % 7 * 1_000)}"))
        say(str(number))
        number += 1


def say(words: str) -> None:
    os.write(1, f"{words}\n".encode())


if __name__ == "__main__":
    main()
