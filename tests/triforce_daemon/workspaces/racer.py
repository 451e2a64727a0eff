"""Somebody who exchanges a folder of a workspace for a link that leads outside, and back, as fast as he can."""

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.synchronize import Event


@contextmanager
def racing(inside: str, outside: str) -> Generator[None]:
    """While inside, the name `inside` is now the folder that it was, now a link to `outside`, now nothing."""
    forks = get_context("fork")
    started, stop = forks.Event(), forks.Event()
    racer = forks.Process(target=_race, args=(inside, outside, started, stop), daemon=True)
    racer.start()
    started.wait()
    try:
        yield
    finally:
        stop.set()
        racer.join()


def _race(inside: str, outside: str, started: Event, stop: Event) -> None:
    os.symlink(outside, f"{inside}-link")
    while not stop.is_set():
        # Whom he races may have made something in the place of what he took away.
        with suppress(OSError):
            os.rename(inside, f"{inside}-away")
            os.rename(f"{inside}-link", inside)
            os.rename(inside, f"{inside}-link")
        with suppress(OSError):
            os.rename(f"{inside}-away", inside)
        started.set()
