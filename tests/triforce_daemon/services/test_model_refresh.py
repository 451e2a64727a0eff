"""Lists are kept fresh in the background, and asked for when somebody wishes it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from tests.triforce_daemon.model_lists import Shelf, lists_of
from tests.triforce_daemon.simulated import SimulatedClock, SimulatedProvider, key
from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.providers.condition import OK, Condition
from triforce_daemon.providers.listed import Listed
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.model_lists import ModelLists
from triforce_daemon.services.model_refresh import IDLE, RETRY, RETRY_AT_MOST, STAGGER, ModelRefresh


class Counted(SimulatedProvider):
    """Notes when it is asked; fails as often as it is told."""

    def __init__(self, clock: SimulatedClock, failures: int = 0, **more: object) -> None:
        super().__init__(listed=[Listed("llama")], **more)
        self.clock, self.failures, self.asked = clock, failures, list[float]()

    async def list_models(self) -> list[Listed]:
        self.asked.append(self.clock.moment)
        if len(self.asked) <= self.failures:
            raise UpstreamFailed("Broken.", upstream_status=500)
        return self.listed


class Stepping(SimulatedClock):
    """Time passes when all sleep, and for a limited number of sleeps."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        if len(self.slept) >= self.most:
            await asyncio.Event().wait()
        await super().sleep(seconds)


@asynccontextmanager
async def kept(
    clock: SimulatedClock, *providers: SimulatedProvider, chance: float = 0.5, shelf: Shelf | None = None
) -> AsyncIterator[tuple[ModelRefresh, ModelLists]]:
    tasks, lists = Tasks(), lists_of(providers, clock, shelf)
    yield ModelRefresh(providers, lists, tasks, clock, lambda: chance), lists
    await tasks.stop()


async def settled() -> None:
    for _ in range(100):
        await asyncio.sleep(0)


async def test_a_list_is_asked_for_at_once_and_again_when_it_is_too_old() -> None:
    clock = Stepping(3)
    groq = Counted(clock)
    async with kept(clock, groq) as (refresh, _):
        refresh.start()
        await settled()
    assert clock.slept == [0, 0, 3_600]
    assert groq.asked == [1_000, 4_600]


async def test_a_list_that_was_kept_is_believed_for_the_rest_of_its_time() -> None:
    clock = Stepping(2)
    groq = Counted(clock)
    async with kept(clock, groq, chance=1) as (refresh, lists):
        await lists.refresh("groq")
        clock.moment += 600
        refresh.start()
        await settled()
    assert clock.slept == pytest.approx([0, 3_600 * 1.2 - 600])
    assert len(groq.asked) == 2


async def test_a_provider_that_fails_is_asked_sooner_and_then_less_and_less_often() -> None:
    clock = Stepping(6)
    groq = Counted(clock, failures=3)
    async with kept(clock, groq) as (refresh, _):
        refresh.start()
        await settled()
    assert clock.slept[2:] == [RETRY, RETRY * 2, RETRY * 4, 3_600]


async def test_who_was_away_for_long_is_still_asked_every_few_minutes() -> None:
    clock = Stepping(12)
    groq = Counted(clock, failures=99)
    async with kept(clock, groq) as (refresh, _):
        refresh.start()
        await settled()
    assert clock.slept[-3:] == [RETRY_AT_MOST] * 3


async def test_who_has_no_key_is_left_alone_until_he_has_one() -> None:
    clock = Stepping(4)
    groq = Counted(clock, keys=())
    disabled = Counted(clock, name="mistral", state=Condition("disabled"))
    async with kept(clock, groq, disabled) as (refresh, lists):
        refresh.start()
        await settled()
        assert (groq.asked, disabled.asked) == ([], [])
        assert sorted(clock.slept) == [0, STAGGER, IDLE, IDLE]
        refresh.soon("groq")
        groq.keys = (key("a"),)
        refresh.soon("groq")
        refresh.soon("nobody")
        await settled()
        assert len(groq.asked) == 1
        assert list(lists.of("groq").models) == ["llama"]


async def test_who_costs_nothing_is_not_asked_in_the_background() -> None:
    clock = Stepping(9)
    local = Counted(clock, refresh_seconds=0)
    async with kept(clock, local) as (refresh, _):
        refresh.start()
        await settled()
    assert (clock.slept, local.asked) == ([], [])


async def now(*providers: SimulatedProvider, names: Sequence[str] = ()) -> list[dict]:
    async with kept(SimulatedClock(), *providers) as (refresh, _):
        return [dict(item) for item in (await refresh.now(names))["items"]]


async def test_what_came_of_asking_now() -> None:
    clock = SimulatedClock()
    good, broken = Counted(clock), Counted(clock, failures=1, name="mistral", keys=(key("a"),))
    retired = Counted(clock, name="github", state=Condition("retired", "Gone.", "Go elsewhere.", date="2026-07-30"))
    items = await now(good, broken, retired)
    assert [(item["provider"], item["ok"], item["state"], item["models"], item["added"]) for item in items] == [
        ("groq", True, "ok", 1, ["llama"]),
        ("mistral", False, "down", 0, []),
    ]
    assert items[1]["evidence"]["status"] == 500
    (item,) = await now(retired, names=["github", "github"])
    assert (item["ok"], item["state"], item["reason"], item["evidence"]["date"]) == (
        False,
        "retired",
        "Gone.",
        "2026-07-30",
    )
    assert retired.asked == []


async def test_who_comes_while_an_answer_is_being_kept_is_told_of_that_answer() -> None:
    class Slow(Shelf):
        def __init__(self) -> None:
            super().__init__()
            self.begun, self.done = asyncio.Event(), asyncio.Event()

        async def put(self, row: object) -> None:
            self.begun.set()
            await self.done.wait()

    shelf, groq = Slow(), Counted(SimulatedClock())
    async with kept(SimulatedClock(), groq, shelf=shelf) as (refresh, lists):
        first = asyncio.create_task(lists.refresh("groq"))
        await shelf.begun.wait()
        second = asyncio.create_task(refresh.now(["groq"]))
        await settled()
        shelf.done.set()
        (item,) = (await second)["items"]
        await first
    assert (item["ok"], item["models"], len(groq.asked)) == (True, 1, 1)


async def test_who_was_never_there_is_no_failure_unless_he_was_named() -> None:
    ollama = Counted(SimulatedClock(), failures=9, name="ollama")
    assert await now(ollama) == []
    (item,) = await now(ollama, names=["ollama"])
    assert (item["ok"], item["state"]) == (False, "down")


async def test_what_is_no_longer_there_is_named() -> None:
    groq = SimulatedProvider(state=OK, listed=[Listed("a"), Listed("b")])
    async with kept(SimulatedClock(), groq) as (refresh, lists):
        await lists.refresh("groq")
        groq.listed = [Listed("b"), Listed("c")]
        (item,) = (await refresh.now([]))["items"]
    assert (item["ok"], item["added"], item["gone"], item["models"]) == (True, ["c"], ["a"], 2)
