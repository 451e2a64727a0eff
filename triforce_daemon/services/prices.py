"""What a model costs, and what an answer cost: by its provider's own list, else by the table of `genai-prices`."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from triforce_daemon.providers.destination import destination
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Provider
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.wire.models import Price

if TYPE_CHECKING:
    from genai_prices import Usage as Counted

CURRENCY = "USD"
_MILLION = 1_000_000
_FREE = Price(input="0", output="0", currency=CURRENCY)
#: Lists come one after the other: what they need is looked up together.
GATHER_SECONDS = 0.2
#: A price may rise with the length of the prompt: what is shown is that of a short one.
_SHORT = 1_000
#: What the table calls a provider that we call something else.
_NAMES = {"gemini": "google"}


class Cost(NamedTuple):
    """`amount` is decimal text."""

    amount: str
    currency: str = CURRENCY


class Shares(NamedTuple):
    """Of the price of a token of the prompt: of one that was kept, and of one that is to be."""

    cached: Decimal
    written: Decimal


_NOTHING = Cost("0")
_FULL = Shares(Decimal(1), Decimal(1))
#: So many models' shares are remembered.
_SHARES = 512


class Prices:
    """The table takes a tenth of a second and 20 MB to load: that is done in a thread, when somebody first needs it."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._table: _Table | None = None
        #: What the table says, by the models' ids, also where it says nothing.
        self._found: dict[str, Price | None] = {}
        self._wanted: dict[str, tuple[str, str]] = {}
        self._learning: asyncio.Task[None] | None = None
        self._loading: asyncio.Task[None] | None = None

    def of(self, provider: Provider, listed: Listed) -> Price | None:
        """For a million tokens; None where it is unknown, or not looked up yet."""
        if listed.price_in is not None or listed.price_out is not None:
            return Price(input=listed.price_in, output=listed.price_out, currency=CURRENCY)
        if destination(provider, listed.name, listed) == "machine":
            return _FREE
        return self._found.get(f"{provider.name}/{listed.name}")

    def learn(self, models: Iterable[tuple[Provider, Listed]]) -> None:
        """Look up, in the background, what these cost, so that `of` and `cost` know it."""
        for provider, listed in models:
            id = f"{provider.name}/{listed.name}"
            if id not in self._found and self.of(provider, listed) is None:
                self._wanted[id] = (provider.name, listed.name)
        if self._wanted and (self._learning is None or self._learning.done()):
            self._learning = self._tasks.start(self._learn(), "prices")

    def cost(self, provider: Provider, name: str, listed: Listed | None, usage: Mapping[str, Any]) -> Cost | None:
        """What an answer cost that used so much; None where nobody knows, or nobody knows yet. Takes microseconds."""
        if listed is not None and listed.price_in is not None and listed.price_out is not None:
            if (usage.get("cached_tokens") or 0) + (usage.get("cache_write_tokens") or 0) > usage["input_tokens"]:
                # The provider's figures contradict each other, and nothing is made up from them.
                return None
            shares = self._table.shares(provider.name, name) if self._table is not None else _FULL
            into = _into(Decimal(listed.price_in), listed, shares, usage)
            return Cost(_text((into + Decimal(listed.price_out) * usage["output_tokens"]) / _MILLION))
        if destination(provider, name, listed) == "machine":
            return _NOTHING
        return self._table.cost(provider.name, name, usage) if self._table is not None else None

    @property
    def loaded(self) -> bool:
        """Whether `cost` can say all that it ever will."""
        return self._table is not None

    async def ready(self, provider: Provider, name: str, listed: Listed | None) -> None:
        """Wait until `cost` can say what it ever will of this model: at first the table has to be loaded."""
        known = listed is not None and listed.price_in is not None and listed.price_out is not None
        if self._table is None and not known and destination(provider, name, listed) != "machine":
            await self._load()

    async def _load(self) -> None:
        if self._loading is None:
            self._loading = self._tasks.start(self._take_table(), "table of prices")
        # Who gives up waiting leaves it to the others.
        await asyncio.shield(self._loading)

    async def _take_table(self) -> None:
        self._table = await in_thread(_Table)

    async def _learn(self) -> None:
        while self._wanted:
            await asyncio.sleep(GATHER_SECONDS)
            wanted, self._wanted = self._wanted, {}
            await self._load()
            self._found.update(await in_thread(_look_up, cast(_Table, self._table), wanted))


def costs_nothing(price: Price) -> bool:
    """Whether this is a price, and that of what is given away."""
    return all(part is not None and Decimal(part) == 0 for part in (price["input"], price["output"]))


class _Table:
    """The snapshot that comes with `genai-prices`; nothing is fetched."""

    def __init__(self) -> None:
        import genai_prices

        self._calc = genai_prices.calc_price
        self._usage: Callable[..., Counted] = genai_prices.Usage
        self._shares: dict[tuple[str, str], Shares] = {}

    def price(self, provider: str, model: str) -> Price | None:
        into = self._amount(provider, model, input_tokens=_SHORT, output_tokens=0)
        out = self._amount(provider, model, input_tokens=0, output_tokens=_SHORT)
        if into is None or out is None:
            return None
        scale = _MILLION // _SHORT
        return Price(input=_text(into * scale), output=_text(out * scale), currency=CURRENCY)

    def shares(self, provider: str, model: str) -> Shares:
        """What a kept token costs, as a share of another one, where the provider's own list does not tell."""
        names = (provider, model)
        if names not in self._shares:
            if len(self._shares) >= _SHARES:
                self._shares.clear()
            whole = self._amount(*names, input_tokens=_SHORT, output_tokens=0)
            read = self._amount(*names, input_tokens=_SHORT, output_tokens=0, cache_read_tokens=_SHORT)
            write = self._amount(*names, input_tokens=_SHORT, output_tokens=0, cache_write_tokens=_SHORT)
            known = None if read is None or write is None else (read, write)
            self._shares[names] = Shares(known[0] / whole, known[1] / whole) if whole and known else _FULL
        return self._shares[names]

    def cost(self, provider: str, model: str, usage: Mapping[str, Any]) -> Cost | None:
        cached, written = usage.get("cached_tokens"), usage.get("cache_write_tokens")
        amount = self._amount(
            provider,
            model,
            input_tokens=usage["input_tokens"],
            output_tokens=usage["output_tokens"],
            **({"cache_read_tokens": cached} if cached else {}),
            **({"cache_write_tokens": written} if written else {}),
        )
        return Cost(_text(amount)) if amount is not None else None

    def _amount(self, provider: str, model: str, **counts: int) -> Decimal | None:
        """None for what is not in the table, and for counts that contradict each other."""
        try:
            return self._calc(self._usage(**counts), model, provider_id=_NAMES.get(provider, provider)).total_price
        except (LookupError, ValueError):
            return None


def _look_up(table: _Table, wanted: Mapping[str, tuple[str, str]]) -> dict[str, Price | None]:
    return {id: table.price(*names) for id, names in wanted.items()}


def _into(price: Decimal, listed: Listed, shares: Shares, usage: Mapping[str, Any]) -> Decimal:
    """What the prompt costs, for a million of each of its tokens; the kept ones cost less, to keep them more."""
    cached, written = usage.get("cached_tokens") or 0, usage.get("cache_write_tokens") or 0
    read = Decimal(listed.price_cached) if listed.price_cached is not None else price * shares.cached
    write = Decimal(listed.price_cache_write) if listed.price_cache_write is not None else price * shares.written
    return price * (usage["input_tokens"] - cached - written) + read * cached + write * written


def _text(amount: Decimal) -> str:
    """Without an exponent and without needless zeros."""
    return format(amount.normalize(), "f") if amount else "0"
