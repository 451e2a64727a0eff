"""Why a model can be asked or not: each check by itself, in order."""

from tests.triforce_daemon.model_lists import lists_of, registry_of
from tests.triforce_daemon.simulated import SimulatedClock, SimulatedProvider, key
from triforce_daemon.access.caller import Caller
from triforce_daemon.providers.condition import OK, Condition
from triforce_daemon.providers.listed import Listed
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.services.model_why import ModelWhy
from triforce_daemon.settings import Alias
from triforce_daemon.wire.models import Why, WhyStep

OWNER = Caller("owner", "me")
LLAMA = Listed("llama", abilities=("chat",))


async def why(name: str, *providers: SimulatedProvider, caller: Caller = OWNER, **aliases: Alias) -> Why:
    clock = SimulatedClock()
    lists = lists_of(providers, clock)
    for provider in providers:
        if provider.state is OK:
            await lists.refresh(provider.name)
    return await ModelWhy(registry_of(providers, lists, clock, aliases=aliases)).explain(name, caller)


def failing(found: Why) -> list[str]:
    return [step["check"] for step in found["steps"] if not step["ok"]]


def groq(**more: object) -> SimulatedProvider:
    return SimulatedProvider(**{"listed": [LLAMA], "keys": (key("home"),), **more})


async def test_all_is_well() -> None:
    found = await why("llama", groq())
    assert (found["answers"], failing(found)) == ("groq/llama", [])
    details = {step["check"]: step["detail"] for step in found["steps"]}
    assert details["key"] == "home (vault)"
    assert details["boundary"] == "A prompt goes as far as `any`; it may go as far as `any`."
    assert not any("secret" in detail for detail in details.values())


async def test_without_a_key() -> None:
    state = Condition("no-key", "There is no key for Groq.", "`triforce keys set groq`")
    found = await why("groq/llama", groq(keys=(), state=state))
    assert found["answers"] is None
    assert failing(found) == ["key"]
    assert found["steps"][2] == {
        "check": "key",
        "ok": False,
        "detail": "There is no key for Groq.",
        "fix": "`triforce keys set groq`",
    }


async def test_a_provider_that_is_gone_is_told_of_once() -> None:
    state = Condition("retired", "Gone.", "Elsewhere.", 410)
    found = await why("groq/llama", groq(state=state))
    assert failing(found) == ["provider"]
    assert found["steps"][1]["detail"] == "Gone. (HTTP 410)"


async def test_a_token_and_its_bounds() -> None:
    token = Caller("token", "app", models=("mistral/*",), boundary="own-nodes")
    assert failing(await why("groq/llama", groq(), caller=token)) == ["boundary", "token"]
    allowed = await why("groq/llama", groq(), caller=Caller("token", "app", models=("groq/*",)))
    assert failing(allowed) == []
    assert "home" not in str(allowed)


async def test_each_candidate_of_an_alias_in_one_line() -> None:
    broken = groq(name="mistral", state=Condition("down", "broken", "Mend it."))
    providers = (broken, groq())
    quick = Alias(models=["mistral/llama", "groq/llama"])
    found = await why("quick", *providers, quick=quick)
    assert (found["alias"], found["answers"]) == ("quick", "groq/llama")
    assert [(step["check"], step["ok"], step["detail"]) for step in found["steps"][1:]] == [
        ("mistral/llama", False, "broken"),
        ("groq/llama", True, "ok"),
    ]
    near = await why("quick", *providers, quick=Alias(models=["groq/llama"], boundary="machine"))
    assert (near["answers"], failing(near)) == (None, ["groq/llama"])
    empty = await why("quick", groq(), quick=Alias(models=["groq/nothing"]))
    assert (empty["answers"], failing(empty)) == (None, ["name"])


async def test_what_the_router_knows_comes_last() -> None:
    def routed(candidate: Candidate) -> list[WhyStep]:
        return [WhyStep(check="breaker", ok=False, detail=candidate.id, fix=None)]

    clock, provider = SimulatedClock(), groq(refresh_seconds=0)
    registry = registry_of([provider], lists_of([provider], clock), clock)
    found = await ModelWhy(registry, routed).explain("groq/llama", OWNER)
    assert (found["answers"], found["steps"][-1]["check"], failing(found)) == (None, "breaker", ["breaker"])
