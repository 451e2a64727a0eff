"""A question that is no chat goes the ways of a chat, and is written down as it went."""

from collections.abc import AsyncIterator

import pytest

from tests.triforce_daemon.gateway import Gateway, gateway
from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.all import by_name
from triforce_daemon.errors import Forbidden, InvalidRequest, ModelNotFound, UpstreamFailed
from triforce_daemon.providers.listed import Listed
from triforce_daemon.services import questions
from triforce_daemon.services.questions import Question, Questions

ME = Caller("owner", "me")


@pytest.fixture
async def gate(folder: str) -> AsyncIterator[Gateway]:
    async with gateway(folder) as running:
        yield running


def about(model: str, dialect: str = "openai_chat", caller: Caller = ME, **more: object) -> Question:
    body = {"model": model, "input": ["one", "two"], **more}
    return Question("r1", caller, model, by_name()[dialect], body, characters=400)


def asked(gate: Gateway) -> Questions:
    return gate.served.parts.get(Questions)


async def test_figures_that_the_provider_does_not_give_are_guessed_and_said_to_be(gate: Gateway) -> None:
    await asked(gate).embed(about("google/m"))
    (row,) = await gate.ledger()
    assert (row["tokens_in"], row["tokens_out"], row["estimated"], row["client"]) == (100, 0, 1, "me")
    assert row["total_ms"] >= 0


async def test_the_providers_own_figures_count(gate: Gateway) -> None:
    reply = await asked(gate).embed(about("groq/m"))
    (row,) = await gate.ledger()
    assert (row["tokens_in"], row["estimated"]) == (2, 0)
    assert reply.usage is not None


async def test_what_it_costs_is_written_down(gate: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    async def priced() -> list[Listed]:
        return [Listed("m", abilities=("embeddings",), price_in="10", price_out="30")]

    monkeypatch.setattr(gate.providers["groq"], "list_models", priced)
    await asked(gate).embed(about("groq/m"))
    (row,) = await gate.ledger()
    assert (float(row["cost"]), row["currency"]) == (2 * 10 / 1_000_000, "USD")


async def test_a_large_answer_is_read_elsewhere(gate: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "LARGE", 10)
    assert (await asked(gate).embed(about("llama/m"))).content.startswith(b'{"object":"list"')


async def test_too_few_vectors_are_the_providers_fault(gate: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"model": "llama/m", "input": ["one", "two"]}
    ollama = by_name()["ollama"]
    short = ollama.read_embeddings({"embeddings": [[1.0]]})  # type: ignore[attr-defined]
    router = gate.served.parts.get(Questions).router
    monkeypatch.setattr(router.dialects["ollama"], "read_embeddings", lambda _: short)
    with pytest.raises(UpstreamFailed, match="another number"):
        await asked(gate).embed(about(body["model"]))
    assert [row["state"] for row in await gate.ledger()] == ["failed"]


async def test_a_callers_limits_hold_for_questions_too(gate: Gateway) -> None:
    token = Caller("token", "t", token="t1", models=("groq/*",))
    assert (await asked(gate).embed(about("groq/m", caller=token))).content
    with pytest.raises(Forbidden):
        await asked(gate).embed(about("llama/m", caller=token))
    near = Caller("token", "t", token="t1", boundary="machine")
    with pytest.raises(Forbidden, match="boundary"):
        await asked(gate).embed(about("groq/m", caller=near))


async def test_what_makes_no_sense_reaches_nobody(gate: Gateway) -> None:
    with pytest.raises(InvalidRequest, match="dimensions"):
        await asked(gate).embed(about("llama/m", dimensions="many"))
    with pytest.raises(ModelNotFound):
        await asked(gate).embed(about("nobody/m"))
    assert await gate.ledger() == []
    assert not gate.upstream.records
