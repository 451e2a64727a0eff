"""Which models a token may ask: what its patterns say, and nothing that a caller words differently."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.admission import admitted, allows, unrestricted
from triforce_daemon.access.caller import Caller
from triforce_daemon.access.tiers import Tiers
from triforce_daemon.errors import Forbidden, TierTooLow
from triforce_daemon.wire.tiers import TierName


@dataclass(frozen=True)
class Named:
    id: str
    is_local: bool = False


GROQ, OTHER = Named("groq/llama-3"), Named("mistral/large")


@pytest.mark.parametrize(
    ("patterns", "model", "fits"),
    [
        ([], "groq/llama-3", True),
        (["groq/*"], "groq/llama-3", True),
        (["groq/*"], "openrouter/groq/llama-3", False),
        (["groq/*"], "groq", False),
        (["GROQ/*"], "groq/llama-3", False),
        (["llama-3"], "groq/llama-3", True),
        (["llama-*"], "mistral/llama-4", True),
        (["llama-3"], "groq/llama-33", False),
        (["groq"], "groq/llama-3", False),
        (["mistral/*", "*/llama-3"], "groq/llama-3", True),
        (["*"], "groq/openai/gpt-oss", True),
        (["gpt-oss"], "groq/openai/gpt-oss", False),
    ],
)
def test_patterns(patterns: list[str], model: str, fits: bool) -> None:
    assert allows(patterns, model) is fits


def ask(*patterns: str, tier: TierName | None = None, models: Sequence[Named] = ()) -> tuple[Named, ...]:
    """Who is left for a caller with these patterns and this tier; what is called free costs nothing."""
    rule = Tiers().get(tier) if tier is not None else None
    caller = Caller(kind="token", name="token/t", models=patterns, tier=rule)
    return admitted(caller, ["fast"], models or [GROQ, OTHER], lambda model: model.id.endswith("free"))


def test_of_an_alias_only_those_are_left_that_are_allowed_unless_it_is_allowed_itself() -> None:
    assert ask("groq/*") == (GROQ,)
    assert ask("fast") == (GROQ, OTHER)
    assert ask() == (GROQ, OTHER)
    with pytest.raises(Forbidden, match="fast"):
        ask("builtin/*")


HERE, FREE = Named("builtin/small", is_local=True), Named("openrouter/llama:free")


@pytest.mark.parametrize(
    ("tier", "left"),
    [("guest", (HERE,)), ("free", (HERE, FREE)), ("pro", (HERE, FREE, GROQ)), ("unlimited", (HERE, FREE, GROQ))],
)
def test_of_an_alias_a_tier_leaves_what_it_holds(tier: TierName, left: tuple[Named, ...]) -> None:
    assert ask(tier=tier, models=[HERE, FREE, GROQ]) == left


@pytest.mark.parametrize(
    ("tier", "model", "enough"), [("guest", FREE, "free"), ("guest", GROQ, "pro"), ("free", GROQ, "pro")]
)
def test_a_tier_that_holds_none_names_the_one_that_does(tier: TierName, model: Named, enough: str) -> None:
    with pytest.raises(TierTooLow, match=tier) as raised:
        ask(tier=tier, models=[model])
    assert f"The tier {enough} holds it" in str(raised.value.hint)


def test_patterns_and_tier_both_hold() -> None:
    assert ask("builtin/*", tier="pro", models=[HERE, FREE, GROQ]) == (HERE,)
    with pytest.raises(TierTooLow):
        ask("groq/*", tier="free", models=[HERE, FREE, GROQ])


CHAT = {"messages": [{"role": "user", "content": "x"}]}


async def test_another_model_is_refused_however_it_is_called(served: ServedDaemon) -> None:
    token = await served.token("inference", models=["scripted/small"])
    for model in ("scripted/large", "large", " scripted/small", "SCRIPTED/SMALL", "scripted//small", "*", "scripted/*"):
        ask = {"model": model, **CHAT}
        status, body = await served.over_http("POST", "/v1/chat/completions", token, json=ask)
        assert status in (403, 404)
        assert status == 404 or "scripted/large" in body["error"]["message"]
    assert not served.upstream.records
    assert (await served.over_http("POST", "/v1/chat/completions", token, json={"model": "small", **CHAT}))[0] == 200


async def test_the_owner_may_allow_the_default_by_its_name(served: ServedDaemon) -> None:
    token = await served.token("inference", models=["default"])
    assert (await served.over_http("POST", "/v1/chat/completions", token, json=CHAT))[0] == 200
    named = {"model": "scripted/large", **CHAT}
    assert (await served.over_http("POST", "/v1/chat/completions", token, json=named))[0] == 403


async def test_a_conversation_is_bound_as_well(served: ServedDaemon) -> None:
    token = await served.token("inference", "sessions", models=["scripted/small"])
    ask = {"input": "hi", "model": "scripted/large"}
    async with served.http_client(token) as client, client.post("/v1/sessions/new/turns", json=ask) as reply:
        assert '"forbidden"' in await reply.text()
    assert not served.upstream.records


async def test_a_prompt_stays_within_the_tokens_boundary(served: ServedDaemon) -> None:
    served.provider.boundary = "any"
    token = await served.token("inference", boundary="machine")
    ask = {"model": "scripted/small", **CHAT}
    status, body = await served.over_http("POST", "/v1/chat/completions", token, json=ask)
    assert (status, body["error"]["code"]) == (403, "forbidden")
    assert not served.upstream.records


@pytest.mark.parametrize(
    ("caller", "free_to"),
    [
        (Caller("owner", "me"), True),
        (Caller("token", "t", tier=Tiers().get("pro")), True),
        (Caller("token", "t", models=("groq/*",)), False),
        (Caller("token", "t", holder_models=("groq/*",)), False),
        (Caller("token", "t", tier=Tiers().get("free")), False),
        (Caller("guest", "g", tier=Tiers().get("guest")), False),
    ],
)
def test_who_may_ask_every_model(caller: Caller, free_to: bool) -> None:
    assert unrestricted(caller) is free_to
    models = [GROQ, OTHER, Named("builtin/x", is_local=True)]
    assert (admitted(caller, ["any"], models, lambda _: False) == tuple(models)) is free_to
