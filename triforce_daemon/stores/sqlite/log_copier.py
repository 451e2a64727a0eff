"""Copies SQLite's log into the database, in a thread of its own that gives way to all others."""

import logging
import os
import sqlite3
import threading

log = logging.getLogger(__name__)

#: So long it waits for a moment in which nobody writes, in seconds.
_BUSY_SECONDS = 1.0
#: How much the thread gives way. A copy takes some 10 ms of a processor; one that insists on them holds up whoever is
#: answered meanwhile by as much.
_NICE = 10


class LogCopier:
    """Has a connection of its own. Nobody waits for it but who stops it; it waits a little for who writes."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._asked = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name="log copier", daemon=True)

    def start(self) -> None:
        """Raises sqlite3.Error where the database cannot be opened."""
        self._connection = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._thread.start()

    def ask(self) -> None:
        """Copy what is in the log, and begin it anew; returns at once."""
        self._asked.set()

    def stop(self) -> None:
        """Returns when the copy that is under way has ended."""
        self._stopped = True
        self._asked.set()
        self._thread.join()
        self._connection.close()

    def _work(self) -> None:
        # On Linux each thread has a nice value of its own (setpriority(2)).
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        while True:
            self._asked.wait()
            self._asked.clear()
            if self._stopped:
                return
            try:
                self._copy()
            except sqlite3.Error as error:
                # Nothing is lost: the log goes on growing, and the next turn tries again.
                log.warning("the log could not be copied into the database", extra={"reason": str(error)})

    def _copy(self) -> None:
        """Others may write while most of it is copied; while the rest is, they find the database locked."""
        execute = self._connection.execute
        execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
