"""Daemons that start warm: forked from a process that has imported the daemon already.

Three quarters of what a start costs are imports, and the tests start a hundred daemons. What a warm one does from there
on is what `python -m triforce_daemon` does: the same entry point, in a process of its own, told the same words.
"""

import logging
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from multiprocessing.context import ForkServerContext
from types import ModuleType

DAEMON = "triforce_daemon"


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([f"{DAEMON}.__main__", f"{DAEMON}.assemble.daemon", __name__])
    return context


class WarmProcess:
    """The daemon with these words and this environment; used like a `subprocess.Popen`."""

    def __init__(self, words: Sequence[str], environ: Mapping[str, str], log: str) -> None:
        self._process = _context().Process(target=_daemon, args=(list(words), dict(environ), log), daemon=True)
        with _nothing_runs_here():
            self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def wait(self, timeout: float | None = None) -> int:
        """The exit status, negative for a signal. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if (status := self.returncode) is None:
            raise subprocess.TimeoutExpired(DAEMON, timeout or 0)
        return status


@contextmanager
def _nothing_runs_here() -> Generator[None]:
    """Else each process would first import what this one runs: pytest."""
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _daemon(words: list[str], environ: dict[str, str], log: str) -> None:
    from triforce_daemon.__main__ import main

    os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), 2)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = [DAEMON, *words]
    try:
        main()
    finally:
        # What writes the log's last lines is otherwise not asked to: multiprocessing forgets what is to be done at the
        # end of a process (Python 3.13), or does none of it (3.11).
        logging.shutdown()
