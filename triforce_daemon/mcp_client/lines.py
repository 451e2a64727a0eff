"""Which call a mounted server speaks of, so that nobody hears or is asked what concerns another."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from triforce_daemon.mcp_client.line import Line

#: The line of the call on whose behalf something is sent. What comes in its answer is heard with the same: the SDK
#: hands it through.
_sent_for: "ContextVar[tuple[Lines, Line] | None]" = ContextVar("mcp_line", default=None)


class Lines:
    """The calls that one connection is answering.

    Over HTTP a server says something within the answer to a call. Through pipes it says it to everybody, and is
    understood where there is only one call that it can mean.
    """

    def __init__(self, linger: float) -> None:
        """`linger`: so many seconds a server may still be at a call that nobody waits for any more."""
        self._open: list[Line] = []
        self._linger = linger
        self._left = 0

    @contextmanager
    def held(self, line: Line) -> Generator[None]:
        """What is sent meanwhile is sent for this call."""
        token = _sent_for.set((self, line))
        self._open.append(line)
        try:
            yield
        except asyncio.CancelledError:
            self._left += 1
            asyncio.get_running_loop().call_later(self._linger, self._forget)
            raise
        finally:
            self._open.remove(line)
            _sent_for.reset(token)

    def sending(self) -> Line | None:
        """The call on whose behalf something is being sent; None: on nobody's."""
        sent = _sent_for.get()
        return sent[1] if sent is not None and sent[0] is self else None

    def meant(self) -> Line | None:
        """The call of which the server speaks; None where that is over, or might be another's."""
        line = self.sending()
        if line is not None:
            return line if line in self._open else None
        return self._open[0] if len(self._open) == 1 and not self._left else None

    def _forget(self) -> None:
        self._left -= 1
