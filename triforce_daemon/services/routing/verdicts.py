"""What a failure means for the next step: whose fault it is, and whether to try again, and where."""

from enum import Enum
from random import Random

from triforce_daemon.errors import (
    AddressRefused,
    KeyRejected,
    ProviderUnavailable,
    TriforceError,
    UpstreamFailed,
    UpstreamLimited,
    UpstreamTimeout,
)

#: How far a wait may stray from its formula, so that not all come back at the same moment.
JITTER = (0.8, 1.2)
#: A wait that the provider has named is never cut short, only lengthened.
PATIENCE = (1.02, 1.2)

#: Whoever answers so is asked again: he, not the request, is at fault, and perhaps only for now.
_AGAIN = frozenset({408, 409, 425})


class Verdict(Enum):
    """`OWN`: the request's own fault, for the client. The others say where to go next."""

    OWN = "own"
    NEXT_KEY = "next key"
    LIMITED = "limited"
    AGAIN = "again"
    ELSEWHERE = "elsewhere"


def verdict(error: TriforceError) -> Verdict:
    """What to do about `error`, by its class and the status that the provider gave."""
    if isinstance(error, KeyRejected):
        return Verdict.NEXT_KEY
    if isinstance(error, UpstreamLimited):
        return Verdict.LIMITED
    status = error.upstream_status
    if status is not None and (status >= 500 or status in _AGAIN):
        return Verdict.AGAIN
    # Who let us wait for so long once would do so again; where nobody may be asked, nobody may be a moment later.
    if isinstance(error, UpstreamTimeout | ProviderUnavailable | AddressRefused):
        return Verdict.ELSEWHERE
    if isinstance(error, UpstreamFailed):
        return Verdict.AGAIN if status is None or status == 200 else Verdict.ELSEWHERE
    return Verdict.OWN


def backoff(base: float, retry: int, random: Random) -> float:
    """Seconds before the retry of that number (0 is the first): doubled each time, and never the same twice."""
    return base * 2.0**retry * random.uniform(*JITTER)


def wait_of(error: TriforceError, random: Random) -> float | None:
    """Seconds that the provider asked us to wait, and a little more; None where he said nothing."""
    if error.retry_after_ms is None:
        return None
    return error.retry_after_ms / 1_000 * random.uniform(*PATIENCE)
