"""One job while it runs: what its work says of itself, and how it stands in the database."""

from asyncio import CancelledError
from collections import deque
from collections.abc import Awaitable, Callable

import orjson

from triforce_daemon.errors import InternalError, TriforceError, Unauthenticated
from triforce_daemon.stores.jobs import JobRow

#: Of what it says, so many lines are kept, each so long.
_LINES, _LENGTH = 200, 1_000


class JobRun:
    """What the work gets: it tells here how far it is."""

    def __init__(self, row: JobRow) -> None:
        self._row = row
        self._log: deque[str] = deque(maxlen=_LINES)
        self.changed = False
        self.cancelled = False
        """Whether somebody wants it to end."""

    @property
    def id(self) -> str:
        return self._row["id"]

    @property
    def account(self) -> str:
        return self._row["account"]

    def progress(self, done: float, doing: str) -> None:
        """How far it is, from 0 to 1, and at what."""
        self._row["progress"], self._row["doing"] = min(max(done, 0.0), 1.0), doing[:_LENGTH]
        self.changed = True

    def log(self, line: str) -> None:
        """A line for whoever wants to know more."""
        self._log.append(line[:_LENGTH])
        self.changed = True

    def row(self) -> JobRow:
        """As it is now, to be kept."""
        self.changed = False
        return self.peek()

    def peek(self) -> JobRow:
        """As it is now, to be shown."""
        return {**self._row, "log": orjson.dumps(list(self._log)).decode()}

    def begin(self, now: int) -> None:
        self._row["state"], self._row["started"] = "running", now

    def succeed(self, result: object, now: int) -> None:
        """Raises TypeError for what is no JSON."""
        self._row["result"] = orjson.dumps(result).decode()
        self._row["state"], self._row["progress"], self._row["finished"] = "done", 1.0, now

    def fail(self, error: TriforceError, now: int) -> None:
        self._row["error"] = orjson.dumps(error.body()).decode()
        self._row["state"], self._row["finished"] = "failed", now

    def end_cancelled(self, now: int) -> None:
        self._row["state"], self._row["finished"] = "cancelled", now


Work = Callable[[JobRun], Awaitable[object]]
"""What a job does. It returns what came of it, as JSON types, and is cancelled as tasks are."""


def daemon_ended() -> TriforceError:
    return InternalError("The daemon ended before the job did.", "Start it again.")


def revoked(cancelled: CancelledError) -> Unauthenticated | None:
    """Why a job was cut whose caller has lost his rights; None where that is not the reason."""
    return next((reason for reason in cancelled.args if isinstance(reason, Unauthenticated)), None)
