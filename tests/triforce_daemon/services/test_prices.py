"""What models and answers cost: the provider's own price, the table's, nothing, or what nobody knows."""

import asyncio
import subprocess
import sys
import time

import pytest

from tests.triforce_daemon.simulated import SimulatedProvider
from triforce_daemon.providers.listed import Listed
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.prices import Cost, Prices

CLOUD = SimulatedProvider("openrouter")
GROQ = SimulatedProvider("groq")
LOCAL = SimulatedProvider("ollama", boundary="machine")
USED = {"input_tokens": 1_000, "output_tokens": 500}
LLAMA = Listed("llama-3.3-70b-versatile")


async def known(*models: tuple[SimulatedProvider, Listed]) -> Prices:
    prices = Prices(Tasks())
    prices.learn(models)
    async with asyncio.timeout(5):
        while any(prices.of(*model) is None for model in models):
            await asyncio.sleep(0.01)
    return prices


def test_the_providers_own_price_counts() -> None:
    listed = Listed("a/b", price_in="2.5", price_out="10")
    prices = Prices(Tasks())
    assert prices.of(CLOUD, listed) == {"input": "2.5", "output": "10", "currency": "USD"}
    assert prices.cost(CLOUD, "a/b", listed, USED) == Cost("0.0075", "USD")
    assert prices.cost(CLOUD, "a/b", listed, {"input_tokens": 1, "output_tokens": 0}) == Cost("0.0000025")


def test_free_is_not_unknown() -> None:
    prices = Prices(Tasks())
    assert prices.cost(CLOUD, "a:free", Listed("a:free", price_in="0", price_out="0.0"), USED) == Cost("0")
    assert prices.of(LOCAL, Listed("phi")) == {"input": "0", "output": "0", "currency": "USD"}
    assert prices.cost(LOCAL, "phi", None, USED) == Cost("0")
    assert prices.of(GROQ, LLAMA) is None
    assert prices.cost(GROQ, LLAMA.name, LLAMA, USED) is None
    half = Listed("half", price_in="1")
    assert prices.of(CLOUD, half) == {"input": "1", "output": None, "currency": "USD"}
    assert prices.cost(CLOUD, "half", half, USED) is None


async def test_the_table_knows_the_others() -> None:
    prices = await known((GROQ, LLAMA))
    price = prices.of(GROQ, LLAMA)
    assert price == {"input": "0.59", "output": "0.79", "currency": "USD"}
    assert prices.cost(GROQ, LLAMA.name, LLAMA, USED) == Cost("0.000985")
    # What nobody lists is looked for in the table all the same; what it does not know, or does not know of, is unknown.
    assert prices.cost(GROQ, "llama-3.1-8b-instant", None, USED) is not None
    assert prices.cost(GROQ, "no-such-model", None, USED) is None
    assert prices.cost(SimulatedProvider("github"), "x", None, USED) is None


async def test_what_was_cached_costs_less() -> None:
    sonnet, anthropic = "claude-sonnet-4-20250514", SimulatedProvider("anthropic")
    prices = await known((anthropic, Listed(sonnet)))
    whole = prices.cost(anthropic, sonnet, None, USED)
    cached = prices.cost(anthropic, sonnet, None, {**USED, "cached_tokens": 900})
    assert whole == Cost("0.0105")
    assert cached == Cost("0.00807")
    # More cached than there was: the provider's figures contradict each other, and nothing is made up from them.
    assert prices.cost(anthropic, sonnet, None, {**USED, "cached_tokens": 2_000}) is None


def test_what_was_cached_costs_what_the_provider_says() -> None:
    listed = Listed("a/b", price_in="2", price_out="10", price_cached="0.5", price_cache_write="2.5")
    prices = Prices(Tasks())
    used = {**USED, "cached_tokens": 600, "cache_write_tokens": 100}
    assert prices.cost(CLOUD, "a/b", listed, used) == Cost("0.00615")
    assert prices.cost(CLOUD, "a/b", listed, {**USED, "cached_tokens": 2_000}) is None


async def test_what_was_cached_costs_the_tables_share_where_the_provider_says_nothing() -> None:
    name = "anthropic/claude-sonnet-4"
    listed = Listed(name, price_in="3", price_out="15")
    prices = await known((GROQ, LLAMA))
    assert prices.cost(CLOUD, name, listed, USED) == Cost("0.0105")
    assert prices.cost(CLOUD, name, listed, {**USED, "cached_tokens": 900}) == Cost("0.00807")
    # Of what the table does not know, kept tokens cost as much as others.
    unknown = Listed("no/such", price_in="3", price_out="15")
    assert prices.cost(CLOUD, "no/such", unknown, {**USED, "cached_tokens": 900}) == Cost("0.0105")


async def test_the_first_answer_waits_for_the_table() -> None:
    prices = Prices(Tasks())
    await prices.ready(LOCAL, "phi", None)
    await prices.ready(CLOUD, "a/b", Listed("a/b", price_in="1", price_out="1"))
    assert not prices.loaded
    waiting = [asyncio.create_task(prices.ready(GROQ, LLAMA.name, LLAMA)) for _ in range(3)]
    waiting[0].cancel()
    await asyncio.gather(*waiting[1:])
    assert prices.loaded
    assert prices.cost(GROQ, LLAMA.name, LLAMA, USED) == Cost("0.000985")


async def test_gemini_has_another_name_in_the_table() -> None:
    gemini = SimulatedProvider("gemini")
    prices = await known((gemini, Listed("gemini-2.5-flash")))
    assert prices.of(gemini, Listed("gemini-2.5-flash")) is not None


async def test_a_known_model_is_priced_in_well_under_a_millisecond() -> None:
    prices = await known((GROQ, LLAMA))
    prices.cost(GROQ, LLAMA.name, None, USED)
    began = time.perf_counter()
    for _ in range(50):
        prices.cost(GROQ, LLAMA.name, None, USED)
    assert (time.perf_counter() - began) / 50 < 0.001


def test_nothing_is_loaded_before_somebody_needs_it() -> None:
    look = "import sys, triforce_daemon.services.prices; sys.exit('genai_prices' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0


async def test_what_has_its_own_price_needs_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    prices = Prices(Tasks())
    prices.learn([(CLOUD, Listed("a", price_in="1", price_out="1")), (LOCAL, Listed("b"))])
    assert vars(prices)["_learning"] is None
