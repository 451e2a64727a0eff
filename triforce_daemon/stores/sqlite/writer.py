"""Writes to SQLite. Who waits at the same time shares one commit; who was answered is on disk.

What is written at once is written by the loop itself, for to wake a thread and to be woken by it takes longer than a
commit does. What has to wait, for another program or for the disk, waits in a thread of its own.
"""

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing

from triforce_daemon.errors import StorageFailed
from triforce_daemon.stores.database import Rows, Write
from triforce_daemon.stores.sqlite.failures import storage_failed
from triforce_daemon.stores.sqlite.groups import Groups, Outcome
from triforce_daemon.stores.sqlite.log_copier import LogCopier

log = logging.getLogger(__name__)

#: Where several come at the same time, so many turns of the loop at most are waited for more of them: a commit is a
#: fifth of what a request costs that pays for one alone.
_MOST_TURNS = 4
#: A group never grows beyond this, so that the first of it does not wait for ever.
GROUP_LIMIT = 256

#: So many commits until the log is copied into the database: to copy it after each thousand pages, as SQLite does by
#: itself within a commit, is a third of what one costs. Some fifteen who come meanwhile wait longer than others:
#: copied after every thousand commits, they are more than one of a hundred.
_COPY_EVERY = 2_000
#: Or so many that were written by them: where many share a commit, each of these writes much.
_COPY_AFTER = 10_000
#: Where a few commits write much, or nobody gets round to it, at 128 MB of the log (in an older database, of larger
#: pages: 256 MB) it is copied within one of them.
_CHECKPOINT_PAGES = 64_000

#: A commit that takes the loop longer is one of a disk that lets its writers wait: then the thread does it all, for so
#: long. Both in seconds.
_SLOW = 0.02
_REST = 2.0


#: Who waits, and for which writes.
_Waiting = tuple[asyncio.Future[list[Rows]], Sequence[Write]]
_Group = dict[asyncio.Future[list[Rows]], Sequence[Write]]


class Writer:
    """Owns the only connections that change the database."""

    def __init__(self, path: str, durability: str, busy_seconds: float) -> None:
        self._path = path
        self._durability = durability
        self._busy_seconds = busy_seconds
        self._stopped = False
        #: The loop's own connection; none where each commit waits for the disk.
        self._here: Groups | None = None
        self._gathered: _Group = {}
        #: For so many turns of the loop others may still join.
        self._turns = 0
        #: Since the log was copied last: how many commits there were, and how many have shared them.
        self._commits = self._sharers = 0
        self._copier = LogCopier(path)
        self._rests_until = 0.0
        #: For the thread, and how many it has not answered yet: nothing overtakes them.
        self._jobs: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._handed = 0
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)

    def start(self) -> None:
        """Open the database. Raises StorageFailed."""
        full = self._durability == "full"
        synchronous = "FULL" if full else "NORMAL"
        with ExitStack() as opened:
            try:
                there = Groups(self._path, synchronous, self._busy_seconds, _CHECKPOINT_PAGES)
                self._there = opened.enter_context(closing(there))
                if not full:
                    here = Groups(self._path, synchronous, 0, _CHECKPOINT_PAGES)
                    self._here = opened.enter_context(closing(here))
                self._copier.start()
            except sqlite3.Error as error:
                raise storage_failed("The database could not be opened", error) from error
            opened.pop_all()
        self._thread.start()

    def stop(self) -> None:
        """Write what was handed in, then close."""
        self._stopped = True
        self._flush()
        self._jobs.put(None)
        self._thread.join()
        self._copier.stop()
        if self._here is not None:
            self._here.close()

    def commit(self, *writes: Write) -> asyncio.Future[list[Rows]]:
        """Write all or none of it; to be awaited: the rows of each statement (RETURNING) once it is durable.

        Raises StorageFailed (disk full, read-only, locked for too long), RowRefused, and InvalidRequest for text that
        is none. Who gives up waiting undoes nothing: what was handed in is written.
        """
        if self._stopped:
            raise StorageFailed("The database is closed; nothing was written.", "The daemon is stopping.")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[list[Rows]] = loop.create_future()
        if not self._gathered:
            # At the end of the loop's turn: until then others may join.
            loop.call_soon(self._turn, loop)
        self._gathered[done] = writes
        return done

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write what has gathered, or wait another turn of the loop for more of it: who comes alone never waits."""
        if self._turns > 0:
            self._turns -= 1
            loop.call_soon(self._turn, loop)
            return
        self._turns = min(len(self._gathered) - 1, _MOST_TURNS)
        self._flush()

    def _flush(self) -> None:
        """Write what has gathered: at once, or by the thread."""
        group, self._gathered = self._gathered, {}
        if not group:
            return
        self._commits += 1
        self._sharers += len(group)
        if self._commits >= _COPY_EVERY or self._sharers >= _COPY_AFTER:
            self._commits = self._sharers = 0
            self._copier.ask()
        began = time.monotonic()
        here = self._here
        if here is None or self._handed or began < self._rests_until or len(group) > GROUP_LIMIT:
            self._hand_over(group)
            return
        try:
            outcomes = here.commit(group.values())
        except Exception:  # noqa: BLE001 - the thread tries it again, and says what is wrong
            self._hand_over(group)
            return
        if time.monotonic() - began > _SLOW:
            self._rests_until = began + _REST
        _settle(group, outcomes)

    def _hand_over(self, group: _Group) -> None:
        self._handed += len(group)
        for one in group.items():
            self._jobs.put(one)

    def _work(self) -> None:
        while (first := self._jobs.get()) is not None:
            group = dict([first])
            last = False
            while len(group) < GROUP_LIMIT and not self._jobs.empty():
                one = self._jobs.get()
                if one is None:
                    last = True
                    break
                group.update([one])
            self._answer(group, self._outcomes(group))
            if last:
                break
        self._there.close()

    def _outcomes(self, group: _Group) -> Sequence[Outcome]:
        try:
            return self._there.commit(group.values())
        except sqlite3.Error as error:
            return [storage_failed("The database could not be written", error) for _ in group]
        except Exception as error:
            # A bug must not end the thread: all who write would wait for ever.
            log.exception("writing failed")
            return [error] * len(group)

    def _answer(self, group: _Group, outcomes: Sequence[Outcome]) -> None:
        """Tell everybody at once: to wake the loop costs as much as a row."""

        def settle() -> None:
            self._handed -= len(group)
            _settle(group, outcomes)

        try:
            next(iter(group)).get_loop().call_soon_threadsafe(settle)
        except RuntimeError:
            # The loop has ended: nobody waits any more, and the rows are on disk.
            return


def _settle(group: _Group, outcomes: Sequence[Outcome]) -> None:
    for done, outcome in zip(group, outcomes, strict=True):
        if done.cancelled():
            continue
        if isinstance(outcome, Exception):
            done.set_exception(outcome)
        else:
            done.set_result(outcome)
