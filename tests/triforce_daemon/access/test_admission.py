"""Which models a token may ask: what its patterns say, and nothing that a caller words differently."""

from dataclasses import dataclass

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.admission import admitted, allows
from triforce_daemon.errors import Forbidden


@dataclass(frozen=True)
class Named:
    id: str


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


def test_of_an_alias_only_those_are_left_that_are_allowed_unless_it_is_allowed_itself() -> None:
    assert admitted(["groq/*"], ["fast"], [GROQ, OTHER]) == (GROQ,)
    assert admitted(["fast"], ["fast"], [GROQ, OTHER]) == (GROQ, OTHER)
    assert admitted([], ["fast"], [GROQ, OTHER]) == (GROQ, OTHER)
    with pytest.raises(Forbidden, match="fast"):
        admitted(["builtin/*"], ["fast"], [GROQ, OTHER])


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
    token = await served.token("sessions", models=["scripted/small"])
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
