"""What only Python's collector can free: objects that hold each other."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def circles() -> Iterator[list[str]]:
    """The types of the daemon's own that only the collector can free, filled in at the end."""
    found: list[str] = []
    gc.collect()
    gc.disable()
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        own = [type(one) for one in gc.garbage if type(one).__module__.startswith("triforce_daemon.")]
        found += sorted({kind.__qualname__ for kind in own})
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
