"""The count of one scope, in memory."""

from collections import deque

from triforce_daemon.stores.counters.counters import Ask, Kind, Past, Period, Scope, Standing
from triforce_daemon.stores.counters.periods import end

#: The end of what does not end.
_NEVER = 1 << 62


class Count:
    __slots__ = (
        "day_ends", "held_spend", "held_tokens", "parallel", "period", "period_ends", "requests", "shape", "spend",
        "spend_before", "tokens", "tokens_before",
    )  # fmt: skip

    def __init__(self) -> None:
        #: What is counted; empty: what was used has to be asked of the ledger.
        self.shape = ""
        self.period: Period = "total"
        #: When the requests of the last minute came, the oldest first.
        self.requests: deque[int] = deque()
        self.parallel = self.held_tokens = self.held_spend = 0
        #: What was used; and how much of it before anything was counted here.
        self.tokens = self.tokens_before = self.spend = self.spend_before = 0
        self.day_ends = self.period_ends = 0

    def begin(self, scope: Scope, past: Past, now_ms: int) -> None:
        """Count from `past` on; what is under way stays."""
        self.shape, self.period = scope.shape, scope.period
        self.requests = deque(came for came, _ in past.requests)
        self.tokens = self.tokens_before = past.tokens
        self.spend = self.spend_before = past.spend
        self.day_ends = end("day", now_ms) or _NEVER
        self.period_ends = end(scope.period, now_ms) or _NEVER

    def roll(self, now_ms: int, minute_ms: int) -> None:
        """Forget what is of an earlier minute, day or period."""
        requests, since = self.requests, now_ms - minute_ms
        while requests and requests[0] <= since:
            requests.popleft()
        if now_ms >= self.day_ends:
            self.tokens = self.tokens_before = 0
            self.day_ends = end("day", now_ms) or _NEVER
        if now_ms >= self.period_ends:
            self.spend = self.spend_before = 0
            self.period_ends = end(self.period, now_ms) or _NEVER

    def in_the_way(self, scope: Scope, share: int) -> Kind | None:
        """What lets no further request through, whatever it needs."""
        requests, parallel = scope.requests, scope.parallel
        if share > 1:
            requests, parallel = part(requests, share), part(parallel, share)
        if requests is not None and len(self.requests) >= requests:
            return "requests"
        if parallel is not None and self.parallel >= parallel:
            return "parallel"
        return None

    def lacks(self, scope: Scope, ask: Ask, share: int) -> Kind | None:
        """What of `ask` is not to be had."""
        if ask.tokens and scope.tokens is not None:
            before = self.tokens_before
            if self.tokens + self.held_tokens + ask.tokens > before + (scope.tokens - before) // share:
                return "tokens"
        if ask.spend and scope.spend is not None:
            before = self.spend_before
            if self.spend + self.held_spend + ask.spend > before + (scope.spend - before) // share:
                return "spend"
        return None

    def hold(self, scope: Scope, ask: Ask, now_ms: int, minute_ms: int) -> Standing:
        """Count a request, and hold what it asks for; how the scope stands then."""
        if scope.requests is not None:
            self.requests.append(now_ms)
        self.parallel += 1
        tokens, spend = ask
        self.held_tokens += tokens
        if spend:
            self.held_spend += spend
        return self.standing(scope, now_ms, minute_ms)

    def let_go(self, ask: Ask, tokens: int, spend: int) -> None:
        """A request has ended, and used so much."""
        self.parallel -= 1
        held_tokens, held_spend = ask
        self.held_tokens -= held_tokens
        self.tokens += tokens
        if held_spend or spend:
            self.held_spend -= held_spend
            self.spend += spend

    def wait_ms(self, scope: Scope, kind: Kind, ask: Ask, now_ms: int, minute_ms: int) -> tuple[int | None, bool]:
        """How long what is in the way stays there, where that is known; whether it is only held, not used."""
        if kind == "requests":
            return self._next_request_ms(scope.requests, now_ms, minute_ms), False
        if kind == "parallel":
            return None, True
        if kind == "tokens":
            held = self.tokens + ask.tokens <= (scope.tokens or 0)
            return (None, True) if held else (self.day_ends - now_ms, False)
        held = self.spend + ask.spend <= (scope.spend or 0)
        return (None, True) if held else (self.period_ends - now_ms if self.period_ends < _NEVER else None, False)

    def standing(self, scope: Scope, now_ms: int, minute_ms: int) -> Standing:
        requests = self.requests
        return Standing(
            len(requests),
            self.parallel,
            self.tokens + self.held_tokens,
            self.spend + self.held_spend,
            self._next_request_ms(scope.requests, now_ms, minute_ms),
            requests[-1] + minute_ms - now_ms if requests else 0,
        )

    def _next_request_ms(self, limit: int | None, now_ms: int, minute_ms: int) -> int:
        requests = self.requests
        if limit is None or len(requests) < limit:
            return 0
        if not limit:
            return minute_ms
        return max(requests[len(requests) - limit] + minute_ms - now_ms, 1)


def part(limit: int | None, share: int) -> int | None:
    """What one of `share` daemons gives out of a limit: never nothing, where the limit is not nothing."""
    return limit if limit is None or share == 1 else max(limit // share, min(limit, 1))
