"""An address that takes no connection and refuses none: to connect there waits for ever."""

import contextlib
import socket
from collections.abc import Generator

#: More than the queue of a listener with a backlog of 0 holds.
FILLERS = 3


@contextlib.contextmanager
def black_hole() -> Generator[int]:
    """A port of 127.0.0.1 whose queue of connections is full and is never emptied (Linux drops what comes then)."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(FILLERS):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(listener.getsockname())
        yield listener.getsockname()[1]


def refused_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]
