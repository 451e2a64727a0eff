"""The lists of models: kept over restarts and over failures, asked for once at a time."""

import asyncio

import pytest

from tests.triforce_daemon.model_lists import Shelf, lists_of
from tests.triforce_daemon.simulated import SimulatedClock, SimulatedProvider
from triforce_daemon.errors import StorageFailed, TriforceError, UpstreamFailed
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.listed import Listed
from triforce_daemon.services import model_lists
from triforce_daemon.services.model_lists import NEVER, Fetched
from triforce_daemon.stores.model_lists import ModelListRow

LLAMA = Listed(
    "meta/llama:free", title="L", context=8_192, abilities=("chat", "tools"), price_in="0", deprecated="2027"
)
QWEN = Listed("qwen")
DAY = 86_400


def fails(provider: SimulatedProvider, error: TriforceError) -> None:
    async def list_models() -> list[Listed]:
        raise error

    provider.list_models = list_models


async def test_a_list_outlives_a_restart() -> None:
    shelf, clock = Shelf(), SimulatedClock()
    groq = SimulatedProvider(listed=[LLAMA, QWEN])
    first = lists_of([groq], clock, shelf)
    await first.load()
    assert first.of("groq") == NEVER
    fetched = await first.refresh("groq")
    assert fetched == Fetched({"meta/llama:free": LLAMA, "qwen": QWEN}, clock.now_ms())
    second = lists_of([groq], clock, shelf)
    await second.load()
    assert second.of("groq") == fetched
    others = lists_of([SimulatedProvider("mistral")], clock, shelf)
    await others.load()
    assert others.of("groq") == NEVER


async def test_a_failure_keeps_the_list_and_is_kept_with_it() -> None:
    shelf, clock = Shelf(), SimulatedClock()
    groq = SimulatedProvider(listed=[LLAMA])
    lists = lists_of([groq], clock, shelf)
    listed = await lists.refresh("groq")
    clock.moment += 60
    fails(groq, UpstreamFailed("Broken.", "Wait.", upstream_status=503))
    fetched = await lists.refresh("groq")
    assert (fetched.models, fetched.at_ms) == (listed.models, listed.at_ms)
    assert fetched.failure == Condition("down", "Broken.", "Wait.", 503, clock.now_ms())
    again = lists_of([groq], clock, shelf)
    await again.load()
    assert again.of("groq") == fetched


async def test_a_model_that_comes_back_is_not_gone() -> None:
    clock = SimulatedClock()
    groq = SimulatedProvider(listed=[LLAMA, QWEN])
    lists = lists_of([groq], clock)
    await lists.refresh("groq")
    groq.listed = [LLAMA]
    assert (await lists.refresh("groq")).gone == {"qwen": clock.now_ms()}
    seen = clock.now_ms()
    clock.moment += 29 * DAY
    assert (await lists.refresh("groq")).gone == {"qwen": seen}
    groq.listed = [LLAMA, QWEN]
    assert (await lists.refresh("groq")).gone == {}
    groq.listed = [LLAMA]
    await lists.refresh("groq")
    clock.moment += 31 * DAY
    assert (await lists.refresh("groq")).gone == {}


async def test_many_who_ask_at_once_ask_once() -> None:
    asked = 0
    groq = SimulatedProvider()

    async def list_models() -> list[Listed]:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.01)
        return [LLAMA]

    groq.list_models = list_models
    lists = lists_of([groq], SimulatedClock())
    results = await asyncio.gather(*(lists.refresh("groq") for _ in range(5)))
    assert (asked, len(set(map(id, results)))) == (1, 1)
    await lists.refresh("groq")
    assert asked == 2


async def test_whoever_takes_too_long_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_lists, "LIST_SECONDS", 0.01)
    groq = SimulatedProvider()

    async def list_models() -> list[Listed]:
        await asyncio.sleep(60)
        return []

    groq.list_models = list_models
    failure = (await lists_of([groq], SimulatedClock()).refresh("groq")).failure
    assert failure is not None
    assert (failure.state, "took more than" in (failure.reason or "")) == ("down", True)


async def test_a_change_is_told_and_sameness_is_not() -> None:
    told: list[int] = []
    local, groq = SimulatedProvider("local", refresh_seconds=0, listed=[LLAMA]), SimulatedProvider()
    lists = lists_of([local, groq], SimulatedClock())
    lists.changed = lambda: told.append(1)
    await lists.look()
    await lists.look()
    assert len(told) == 1
    local.listed = [QWEN, LLAMA]
    await lists.look()
    local.listed = [LLAMA, QWEN]
    await lists.look()
    assert len(told) == 3
    # What came over the network is always news: its key may be new.
    await lists.refresh("groq")
    await lists.refresh("groq")
    assert len(told) == 5


async def test_only_whom_it_costs_nothing_is_asked_by_a_look_and_is_not_kept() -> None:
    local, cloud = SimulatedProvider("local", refresh_seconds=0, listed=[QWEN]), SimulatedProvider(listed=[LLAMA])
    shelf = Shelf()
    lists = lists_of([local, cloud], SimulatedClock(), shelf)
    await lists.look()
    assert list(lists.of("local").models) == ["qwen"]
    assert lists.of("groq") == NEVER
    await lists.refresh("local")
    assert shelf.rows == {}


async def test_a_full_disk_costs_only_the_keeping(caplog: pytest.LogCaptureFixture) -> None:
    class Full(Shelf):
        async def put(self, row: object) -> None:
            raise StorageFailed("The disk is full.")

    lists = lists_of([SimulatedProvider(listed=[LLAMA])], SimulatedClock(), Full())
    assert (await lists.refresh("groq")).models
    assert "The disk is full." in caplog.text


@pytest.mark.parametrize("models", ["", "{", "[3]", '[{"title": "no name"}]'])
async def test_a_row_that_cannot_be_read_is_asked_for_anew(models: str, caplog: pytest.LogCaptureFixture) -> None:
    row = ModelListRow(provider="groq", models=models, gone="{}", fetched=5, failure=None)
    lists = lists_of([SimulatedProvider(listed=[LLAMA])], SimulatedClock(), Shelf(row))
    await lists.load()
    assert lists.of("groq") == NEVER
    assert "cannot be read" in caplog.text
    assert (await lists.refresh("groq")).models


async def test_what_a_later_version_has_added_is_left_out() -> None:
    row = ModelListRow(provider="groq", models='[{"name":"a","speed":9}]', gone="{}", fetched=5, failure=None)
    lists = lists_of([SimulatedProvider()], SimulatedClock(), Shelf(row))
    await lists.load()
    assert lists.of("groq").models == {"a": Listed("a")}
