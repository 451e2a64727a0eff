"""What an alias stands for: ids, bare names and patterns, in their order, each model once."""

import pytest

from tests.triforce_daemon.model_lists import lists_of, registry_of
from tests.triforce_daemon.simulated import SimulatedClock, SimulatedProvider
from triforce_daemon.errors import ModelNotFound
from triforce_daemon.providers.condition import OK, Condition
from triforce_daemon.providers.listed import Listed
from triforce_daemon.services.model_names import MOST
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.settings import Alias


def chats(*names: str) -> list[Listed]:
    return [Listed(name, abilities=("chat",)) for name in names]


GROQ = chats("llama-8b", "llama-70b", "meta/scout:free")
OLLAMA = [*chats("llama-8b", "phi"), Listed("voice")]


async def models(
    *providers: SimulatedProvider, default: str = "", **aliases: Alias
) -> tuple[ModelRegistry, list[SimulatedProvider]]:
    chosen = list(providers) or [
        SimulatedProvider("groq", listed=list(GROQ)),
        SimulatedProvider("ollama", listed=list(OLLAMA), boundary="machine"),
    ]
    clock = SimulatedClock()
    lists = lists_of(chosen, clock)
    for provider in chosen:
        if provider.listed:
            await lists.refresh(provider.name)
    return registry_of(chosen, lists, clock, default=default, aliases=aliases), chosen


async def ids(registry: ModelRegistry, name: str) -> list[str]:
    return [candidate.id for candidate in (await registry.resolve(name)).candidates]


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        (["groq/llama-70b", "phi"], ["groq/llama-70b", "ollama/phi"]),
        (["groq/*"], ["groq/llama-8b", "groq/llama-70b", "groq/meta/scout:free"]),
        (["*/llama-8b", "groq/llama-*"], ["groq/llama-8b", "ollama/llama-8b", "groq/llama-70b"]),
        (["ollama/*"], ["ollama/llama-8b", "ollama/phi"]),
        (["meta/scout:free"], ["groq/meta/scout:free"]),
        (["groq/nothing", "llama-8b", "nobody/*", "LLAMA*"], []),
    ],
)
async def test_what_entries_stand_for(entries: list[str], found: list[str]) -> None:
    registry, _ = await models(quick=Alias(models=entries, boundary="mesh", order="scored"))
    resolution = await registry.resolve("quick")
    assert [candidate.id for candidate in resolution.candidates] == found
    assert (resolution.alias, resolution.boundary, resolution.order) == ("quick", "mesh", "scored")
    assert resolution.name == "quick"


async def test_an_alias_may_be_the_default() -> None:
    registry, _ = await models(default="quick", quick=Alias(models=["phi"]))
    for name in ("", "default"):
        resolution = await registry.resolve(name)
        assert (resolution.asked, resolution.alias) == (name, "quick")
    assert (await registry.set_default("auto"))["model"] == "auto"


async def test_what_an_ollama_passes_on_is_never_the_default() -> None:
    ollama = SimulatedProvider(
        "ollama", dialect="ollama", boundary="machine", refresh_seconds=0, listed=chats("big:120b-cloud", "phi")
    )
    registry, _ = await models(ollama)
    assert await ids(registry, "") == ["ollama/phi"]
    ollama.listed = chats("big:120b-cloud")
    await registry.models()
    with pytest.raises(ModelNotFound):
        await registry.resolve("")


async def test_an_alias_comes_before_a_bare_name_and_never_before_an_id() -> None:
    registry, _ = await models(phi=Alias(models=["groq/llama-70b"]))
    assert await ids(registry, "phi") == ["groq/llama-70b"]
    assert await ids(registry, "ollama/phi") == ["ollama/phi"]
    assert (await registry.resolve("ollama/phi")).alias is None


async def test_new_models_come_in_by_themselves() -> None:
    registry, (groq, _) = await models(quick=Alias(models=["groq/*"]))
    assert len(await ids(registry, "quick")) == 3
    groq.refresh_seconds = 0
    groq.listed = chats("new")
    await registry.models()
    assert await ids(registry, "quick") == ["groq/new"]


async def test_of_too_many_those_are_weighed_that_can_be_called() -> None:
    broken = SimulatedProvider("broken", listed=chats(*(f"b{number}" for number in range(MOST))))
    good = SimulatedProvider("good", listed=chats("g1", "g2"))
    registry, _ = await models(broken, good, all=Alias(models=["*/*"]), few=Alias(models=["good/*", "broken/b0"]))
    broken.state = Condition("down", "broken")
    assert await ids(registry, "all") == ["good/g2", "good/g1"]
    # Where there are few, whoever asks for reasons finds all of them.
    assert await ids(registry, "few") == ["good/g2", "good/g1", "broken/b0"]
    good.state = Condition("down", "broken")
    assert len(await ids(registry, "all")) == MOST
    broken.state = OK
    assert len(await ids(registry, "all")) == MOST


async def test_what_is_shown_of_an_alias() -> None:
    registry, (groq, _) = await models(quick=Alias(models=["groq/llama-8b", "phi"]))
    row = (await registry.aliases())["items"][0]
    assert (row["name"], row["first"], row["candidates"], row["origin"]) == ("quick", "groq/llama-8b", 2, "setting")
    assert (await registry.get("quick"))["id"] == "groq/llama-8b"
    groq.state = Condition("no-key", "There is no key.")
    row = (await registry.aliases())["items"][0]
    assert (row["first"], row["candidates"]) == ("ollama/phi", 1)
    assert (await registry.get("quick"))["id"] == "ollama/phi"


async def test_a_change_holds_at_once() -> None:
    registry, _ = await models()
    await registry.set_alias("quick", {"models": ["groq/llama-8b"]})
    assert await ids(registry, "quick") == ["groq/llama-8b"]
    made = await registry.set_alias("quick", {"models": ["phi"], "boundary": "machine"})
    assert (made["first"], made["boundary"]) == ("ollama/phi", "machine")
    assert await ids(registry, "quick") == ["ollama/phi"]
    await registry.remove_alias("quick")
    with pytest.raises(ModelNotFound):
        await registry.resolve("quick")


async def test_an_alias_with_nobody_behind_it() -> None:
    registry, _ = await models(quick=Alias(models=["groq/gone"]))
    assert await ids(registry, "quick") == []
    with pytest.raises(ModelNotFound, match="Nobody is behind the alias `quick`"):
        await registry.get("quick")
    with pytest.raises(ModelNotFound) as raised:
        await registry.resolve("quik")
    assert "quick" in (raised.value.near or [])


@pytest.mark.parametrize(("name", "place"), [("helper", "any"), ("helper:latest", "any"), ("phi", "machine")])
async def test_an_ollamas_model_is_the_same_without_its_tag(name: str, place: str) -> None:
    passed_on = Listed("helper:latest", abilities=("chat",), boundary="any")
    ollama = SimulatedProvider("ollama", dialect="ollama", boundary="machine", listed=[passed_on, *chats("phi:latest")])
    registry, _ = await models(ollama)
    candidate = await registry.one(f"ollama/{name}")
    assert (candidate.id, candidate.boundary) == (f"ollama/{name.removesuffix(':latest')}:latest", place)


async def test_until_an_ollama_has_listed_its_models_any_may_be_one_that_it_passes_on() -> None:
    registry, _ = await models(SimulatedProvider("ollama", dialect="ollama", boundary="machine"))
    assert (await registry.one("ollama/helper")).boundary == "any"


@pytest.mark.parametrize("option", ["a\r\nset-cookie: b", "a\x1b[31m", "a b", "a" * 300])
async def test_a_variant_whose_name_nobody_could_show_is_none(option: str) -> None:
    registry, _ = await models()
    with pytest.raises(ModelNotFound) as refused:
        await registry.resolve(f"groq/llama-8b:{option}")
    assert len(refused.value.message) < 320


async def test_a_server_of_ones_own_may_know_more_than_it_lists() -> None:
    mine = SimulatedProvider("mine", listed=chats("mock"), lists_all=False)
    registry, _ = await models(mine)
    assert (await registry.resolve("mine/mock-200x0")).candidates[0].id == "mine/mock-200x0"
