"""Lets a request through within its caller's limits, and with those candidates alone that he can pay."""

import math
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from triforce_daemon.access.caller import Caller
from triforce_daemon.access.rate_limiter import FREE, Hold, RateLimiter
from triforce_daemon.access.tier_manager import Allowance
from triforce_daemon.dialects.canonical import Request
from triforce_daemon.errors import PriceUnknown
from triforce_daemon.providers.listed import Listed
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.services.prices import Cost, Prices
from triforce_daemon.services.prompt_size import estimated_tokens
from triforce_daemon.services.routing.needs import CHARACTERS_PER_TOKEN
from triforce_daemon.stores.counters.counters import Ask
from triforce_daemon.wire.spend import NANO
from triforce_daemon.wire.usage import Usage

#: How many tokens of an answer are held where its client names no limit, and at most where he does.
USUAL_ANSWER, LONGEST_ANSWER = 1_024, 8_192
#: The same of money, which is held in full for what a client names: what was paid does not come back.
DEAREST_ANSWER = 4_096
_NOTHING = (Ask(0, 0),)
_dearest = attrgetter("spend", "tokens")
#: A longer prompt is looked at: a picture has many characters and few tokens.
_LONG_PROMPT = 4_000


class Size(NamedTuple):
    """What a request is thought to need; `answer`: what its client wants at most, None where he does not say."""

    prompt: int
    answer: int | None = None

    @classmethod
    def of(cls, request: Request, characters: int) -> "Size":
        prompt = characters // CHARACTERS_PER_TOKEN
        return cls(prompt if prompt < _LONG_PROMPT else min(prompt, estimated_tokens(request)), request.max_tokens)

    @property
    def tokens(self) -> int:
        return self.prompt + (USUAL_ANSWER if self.answer is None else min(self.answer, LONGEST_ANSWER))


class Quota:
    def __init__(self, limiter: RateLimiter, prices: Prices) -> None:
        self._limiter = limiter
        self._prices = prices

    async def admit(
        self, caller: Caller, request_id: str, candidates: Sequence[Candidate], size: Size
    ) -> tuple[Sequence[Candidate], Hold]:
        """Those of `candidates` for which there is enough, and what is held for them.

        Raises LimitReached, StorageFailed, and PriceUnknown where his money is limited and nobody knows a price.
        """
        allowance = self._limiter.allowance(caller)
        if not allowance.scopes:
            return candidates, FREE
        asks = [self._ask(candidate, size, allowance) for candidate in candidates]
        if asks and (first := asks[0]) is not None and asks.count(first) == len(asks):
            # All of them need the same, as they do nearly always where no money is limited.
            return candidates, await self._limiter.admit(allowance, request_id, (first,))
        wanted = sorted({ask for ask in asks if ask is not None}, key=_dearest, reverse=True)
        if not wanted:
            raise _price_unknown(candidates)
        hold = await self._limiter.admit(allowance, request_id, wanted)
        within = [one for one, ask in zip(candidates, asks, strict=True) if _fits(ask, hold.ask)]
        return within, hold

    async def count(self, caller: Caller, request_id: str) -> Hold:
        """A request that needs no tokens of a model's. Raises LimitReached, StorageFailed."""
        return await self._limiter.admit(self._limiter.allowance(caller), request_id, _NOTHING)

    def _ask(self, candidate: Candidate, size: Size, allowance: Allowance) -> Ask | None:
        """What an answer of that candidate may need; None where nobody knows what it costs, and it matters."""
        tokens = size.tokens if allowance.count_local or not candidate.is_local else 0
        if not allowance.money:
            return Ask(tokens, 0)
        spend = self._price(candidate, size)
        return None if spend is None else Ask(tokens, spend)

    def _price(self, candidate: Candidate, size: Size) -> int | None:
        price = self._prices.of(candidate.provider, candidate.listed or Listed(candidate.name))
        if price is None or price["input"] is None or price["output"] is None:
            return None
        into, out = _nano_per_token(price["input"]), _nano_per_token(price["output"])
        return math.ceil(into * size.prompt + out * (DEAREST_ANSWER if size.answer is None else size.answer))


def counted(hold: Hold, used: Usage, cost: Cost | None, *, local: bool) -> tuple[int, int]:
    """Tokens and billionths of a dollar, as limits count them."""
    tokens = used["input_tokens"] + used["output_tokens"] if hold.allowance.count_local or not local else 0
    if cost is None or not hold.allowance.money:
        return tokens, 0
    return tokens, int((Decimal(cost.amount) * NANO).to_integral_value(ROUND_CEILING))


def _fits(ask: Ask | None, given: Ask) -> bool:
    return ask is not None and ask.tokens <= given.tokens and ask.spend <= given.spend


@lru_cache(maxsize=4_096)
def _nano_per_token(per_million: str) -> float:
    return float(per_million) * (NANO / 1_000_000)


def _price_unknown(candidates: Sequence[Candidate]) -> PriceUnknown:
    names = ", ".join(candidate.id for candidate in candidates[:3])
    return PriceUnknown(
        f"Nobody knows what {names} costs, and what you may spend is limited.",
        "Ask a model with a known price: `triforce models list` shows them.",
    )
