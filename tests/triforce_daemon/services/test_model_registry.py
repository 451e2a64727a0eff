"""Names of models: ids, bare names, near names; the default; and what is shown of each."""

import timeit

import pytest

from tests.triforce_daemon.model_lists import lists_of, registry_of
from tests.triforce_daemon.played_provider import PlayedProvider, chatting
from tests.triforce_daemon.played_provider import scripted as scripted_provider
from tests.triforce_daemon.simulated import SimulatedClock
from triforce_daemon.errors import InvalidRequest, ModelNotFound, UpstreamFailed
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Provider
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services import model_names
from triforce_daemon.services.aliases import Aliases
from triforce_daemon.services.model_names import ModelNames
from triforce_daemon.services.model_registry import ModelRegistry


def provider(name: str = "scripted", names: tuple[str, ...] = ("small", "large"), refresh: float = 0) -> PlayedProvider:
    made = scripted_provider(name=name)
    made.models, made.refresh_seconds = chatting(*names), refresh
    return made


def registry(*providers: PlayedProvider, default: str = "", kept: list[str] | None = None) -> ModelRegistry:
    chosen, clock = providers or [provider()], Clock()
    return registry_of(chosen, lists_of(chosen, clock), clock, default=default, kept=kept)


async def id_of(models: ModelRegistry, name: str) -> str:
    (candidate,) = (await models.resolve(name)).candidates
    return candidate.id


@pytest.mark.parametrize("name", ["scripted/large", "large"])
async def test_an_id_and_a_bare_name_are_found(name: str) -> None:
    found = await registry().resolve(name)
    assert (found.asked, found.alias, found.boundary, found.name) == (name, None, "any", "scripted/large")
    (candidate,) = found.candidates
    assert (candidate.id, candidate.listed) == ("scripted/large", Listed("large", context=4_096, abilities=("chat",)))


@pytest.mark.parametrize("name", ["", "default"])
async def test_nobody_named_means_the_default(name: str) -> None:
    assert await id_of(registry(), name) == "scripted/small"
    assert await id_of(registry(default="scripted/large"), name) == "scripted/large"


async def test_the_default_that_nobody_chose_stays_on_this_machine() -> None:
    cloud, local = provider("cloud"), provider("local")
    cloud.boundary = "any"
    assert await id_of(registry(cloud, local), "") == "local/small"
    with pytest.raises(ModelNotFound) as raised:
        await registry(cloud).resolve("")
    assert "models default" in (raised.value.hint or "")


async def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(ModelNotFound) as raised:
        await registry().resolve("scripted/lrage")
    assert (raised.value.near or [])[0] == "scripted/large"
    assert "scripted/large" in (raised.value.hint or "")


async def test_a_default_that_is_gone_is_not_replaced_silently() -> None:
    with pytest.raises(ModelNotFound):
        await registry(default="gone/model").resolve("default")


async def test_a_bare_name_of_two_providers_is_no_name() -> None:
    with pytest.raises(ModelNotFound) as raised:
        await registry(provider(), provider("other")).resolve("small")
    assert raised.value.near == ["scripted/small", "other/small"]


async def test_a_name_may_hold_slashes_and_colons() -> None:
    models = registry(provider("router", ("meta/llama-3:free", "scripted/small")), provider())
    assert await id_of(models, "router/meta/llama-3:free") == "router/meta/llama-3:free"
    assert await id_of(models, "meta/llama-3:free") == "router/meta/llama-3:free"
    # What begins with a provider's name is that provider's, whoever else has one of that name.
    assert await id_of(models, "scripted/small") == "scripted/small"


async def test_a_provider_whose_list_never_came_is_believed() -> None:
    models = registry(provider("cloud", refresh=60))
    (candidate,) = (await models.resolve("cloud/a/b:c")).candidates
    assert (candidate.name, candidate.listed) == ("a/b:c", None)
    with pytest.raises(ModelNotFound):
        await models.resolve("small")
    with pytest.raises(ModelNotFound):
        await models.resolve("cloud/")


async def test_a_model_that_comes_later_is_found_and_one_that_stays_costs_nothing() -> None:
    scripted = provider()
    models = registry(scripted)
    found = await models.resolve("scripted/small")
    scripted.models = chatting("small", "new")
    assert await models.resolve("scripted/small") is found
    assert await id_of(models, "new") == "scripted/new"
    with pytest.raises(ModelNotFound):
        await models.resolve("scripted/large")


async def test_a_known_name_is_found_within_two_microseconds() -> None:
    models = registry(provider(names=tuple(f"m{number}" for number in range(2_000))))
    await models.resolve("scripted/m1999")

    def resolve() -> None:
        with pytest.raises(StopIteration):
            models.resolve("scripted/m1999").send(None)

    def nothing() -> None:
        with pytest.raises(StopIteration):
            raise StopIteration

    cost = min(timeit.repeat(resolve, number=1_000, repeat=7)) - min(timeit.repeat(nothing, number=1_000, repeat=7))
    # Twice what is promised: the machine that runs this may be busy.
    assert cost / 1_000 < 4e-6


async def test_a_provider_that_fails_keeps_its_list_and_the_evidence() -> None:
    scripted = provider()
    models = registry(scripted)
    await models.resolve("small")

    async def refuse() -> list[Listed]:
        raise UpstreamFailed("It is broken.", "Wait.", upstream_status=500)

    scripted.list_models = refuse
    first, _ = (await models.models())["items"]
    assert (first["state"], first["reason"], first["fix"]) == ("down", "It is broken.", "Wait.")
    assert first["evidence"]["status"] == 500
    assert first["evidence"]["at"] is not None
    (state,) = await models.states()
    assert (state["state"], state["models"]) == ("down", 2)


async def test_names_that_are_not_listed_but_taken() -> None:
    cloud = provider("cloud", ("sonnet-4-20250514", "llama", "phi:latest"), refresh=60)
    lists = lists_of([cloud], Clock())
    models = registry_of([cloud], lists, Clock())
    await lists.refresh("cloud")
    for name in ("sonnet-4", "sonnet-4-latest", "llama:online", "phi"):
        (candidate,) = (await models.resolve(f"cloud/{name}")).candidates
        assert (candidate.name, candidate.listed, models.condition(candidate).state) == (name, None, "unknown")
    for name in ("sonnet", "sonnet-5-latest", "llam", "lama:online", "sonnet-4-2025051"):
        with pytest.raises(ModelNotFound):
            await models.resolve(f"cloud/{name}")


async def test_a_name_that_is_not_listed_is_remembered_until_the_list_changes() -> None:
    cloud = provider("cloud", ("llama",), refresh=60)
    lists = lists_of([cloud], Clock())
    models = registry_of([cloud], lists, Clock())
    await lists.refresh("cloud")
    first = await models.resolve("cloud/llama:online")
    assert await models.resolve("cloud/llama:online") is first
    cloud.models = chatting("phi")
    await lists.refresh("cloud")
    with pytest.raises(ModelNotFound):
        await models.resolve("cloud/llama:online")


async def test_callers_make_up_only_so_many_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_names, "MOST_KNOWN", 10)
    cloud = provider("cloud", ("llama",), refresh=60)
    lists = lists_of([cloud], Clock())
    known = ModelNames([cloud], lists, Aliases({}, lambda *_: None), lambda _: True)
    await lists.refresh("cloud")
    for number in range(25):
        assert known.find(f"cloud/llama:{number}", f"cloud/llama:{number}") is not None
    assert 0 < len(known.known) <= 10


async def test_a_model_that_is_gone_says_since_when() -> None:
    cloud, clock = provider("cloud", refresh=60), SimulatedClock()
    lists = lists_of([cloud], clock)
    models = registry_of([cloud], lists, clock)
    await lists.refresh("cloud")
    cloud.models = chatting("small")
    await lists.refresh("cloud")
    row = await models.get("cloud/large")
    assert (row["state"], row["evidence"]["date"]) == ("retired", "2026-11-18")
    assert "not listed it any more since 2026-11-18" in (row["reason"] or "")
    assert [model["id"] for model in (await models.models())["items"]] == ["cloud/small"]


async def test_what_the_answers_have_shown_counts_before_the_list() -> None:
    def observed(_: Provider, model: str | None) -> Condition | None:
        return Condition("degraded", "slow") if model == "scripted/large" else None

    scripted, clock = provider(), Clock()
    models = registry_of([scripted], lists_of([scripted], clock), clock, observed=observed)
    assert [model["state"] for model in (await models.models())["items"]] == ["ok", "degraded"]


async def test_a_new_default_is_kept_and_holds_at_once() -> None:
    kept: list[str] = []
    models = registry(kept=kept)
    assert (await models.set_default("large"))["model"] == "scripted/large"
    assert kept == ["scripted/large"]
    assert await id_of(models, "default") == "scripted/large"
    assert [model["id"] for model in (await models.models())["items"] if model["default"]] == ["scripted/large"]


async def test_the_alias_cannot_be_its_own_default() -> None:
    with pytest.raises(InvalidRequest):
        await registry().set_default("default")


async def test_without_providers_the_error_says_so() -> None:
    with pytest.raises(ModelNotFound) as raised:
        await registry_of([], lists_of([], Clock()), Clock()).resolve("default")
    assert "provider" in (raised.value.hint or "")


async def test_the_list_narrows_by_provider() -> None:
    assert len((await registry().models("scripted"))["items"]) == 2
    assert (await registry().models("other"))["items"] == []


async def test_a_provider_is_as_good_as_its_best_model() -> None:
    scripted = provider()
    scripted.conditions = {"small": Condition("down", "broken"), "large": Condition("absent")}
    (state,) = await registry(scripted).states()
    assert (state["state"], state["models"]) == ("absent", 2)
