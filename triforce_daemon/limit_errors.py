"""What somebody is told who is over a limit; the other errors stand in `errors`, which names these as well."""

from collections.abc import Sequence

from triforce_daemon.readable_error import TriforceError


class LimitReached(TriforceError):
    """The caller has used up what he may; `headers` tell what is left."""

    code, status = "limit_reached", 429
    audited = True
    headers: Sequence[tuple[bytes, bytes]] = ()


class TooManyRequests(LimitReached):
    """More requests in a minute than the caller's tier, or his token, allows."""

    code = "too_many_requests"


class TooManyParallel(LimitReached):
    """More requests at the same time than the caller's tier allows."""

    code = "too_many_parallel"


class TokensUsedUp(LimitReached):
    """The request may need more tokens than are left of the caller's day."""

    code = "tokens_used_up"


class SpendReached(LimitReached):
    """The request may cost more than is left below a spend cap: of the token, the account or the daemon."""

    code = "spend_reached"


class TooManyAttempts(TriforceError):
    """Somebody has tried too many passwords, under this name or from this address; or too many try at once."""

    code, status = "too_many_attempts", 429
    audited = True


class PriceUnknown(TriforceError):
    """The caller's money is limited, and nobody knows what this model costs."""

    code, status = "price_unknown", 403
