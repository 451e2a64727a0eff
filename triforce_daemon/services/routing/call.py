"""One request for an answer, as the router sees it, and how it ended.

Nobody changes either. Python takes three times as long to make a value that cannot be changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.canonical import Request
from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.errors import TriforceError
from triforce_daemon.providers.provider import Progress
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.services.continuation import Said, Seam
from triforce_daemon.services.prices import Cost
from triforce_daemon.stores.database import Write
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.models import PullProgress
from triforce_daemon.wire.sessions import TurnState
from triforce_daemon.wire.usage import Usage


@dataclass(slots=True)
class Outcome:
    """How a call ended, and who answered it, or was asked last."""

    candidate: Candidate
    state: TurnState
    usage: Usage
    cost: Cost | None
    error: TriforceError | None


def _nothing_else(_: Outcome) -> Sequence[Write]:
    return ()


def _unheard(_: PullProgress) -> None:
    return


@dataclass(slots=True)
class Call:
    request_id: str
    caller: Caller
    #: What is asked, in the words between the dialects.
    request: Request
    prompt_characters: int
    #: The client's wire format, and what it sent in it; None for the daemon's own calls, which are `request` alone.
    dialect: Dialect | None = None
    body: dict[str, Any] = field(default_factory=dict)
    session: str | None = None
    #: How far the prompt may travel; the caller's own boundary holds as well.
    boundary: Boundary = "any"
    progress: Progress = _unheard
    #: Whether somebody else may go on where a stream is cut.
    continues: bool = False
    #: What another one has said before he broke off, and the mark of the seam.
    going_on: tuple[Said, Seam] | None = None
    #: What is written in the same commit as the ledger's row.
    closing: Callable[[Outcome], Sequence[Write]] = _nothing_else
