"""Embeddings and token counts, asked by the providers' own clients, with every dialect behind them."""

import asyncio
from collections.abc import AsyncIterator

import anthropic
import ollama
import openai
import pytest

from tests.scriptable_upstream.embeddings import vector
from tests.triforce_daemon.gateway import Gateway, gateway
from tests.triforce_daemon.routes.real_clients import anthropic_client, gemini_client, ollama_client, openai_client

#: Who makes embeddings, and who counts tokens.
EMBEDDING = ("groq", "google", "llama")
COUNTING = ("claude", "google")
ALL = (*EMBEDDING, "claude", "codex")
HI = [{"role": "user", "content": "Why is the sky blue?"}]


@pytest.fixture
async def gate(folder: str) -> AsyncIterator[Gateway]:
    async with gateway(folder) as running:
        yield running


def same(one: list[float], text: str) -> bool:
    return one == pytest.approx(vector(text, len(one)), abs=1e-6)


@pytest.mark.parametrize("provider", EMBEDDING)
async def test_every_client_gets_vectors_from_every_provider(gate: Gateway, provider: str) -> None:
    model = f"{provider}/m"
    async with openai_client(gate.served) as client:
        got = await client.embeddings.create(model=model, input=["one", "two"], dimensions=8)
        assert same(got.data[0].embedding, "one") and same(got.data[1].embedding, "two")
        assert len(got.data[0].embedding) == 8
        plain = await client.embeddings.create(model=model, input="one", encoding_format="float")
        assert same(plain.data[0].embedding, "one")
    async with gemini_client(gate.served) as client:
        found = await client.aio.models.embed_content(model=model, contents=["one", "two"])
        assert [same(one.values, text) for one, text in zip(found.embeddings, ("one", "two"), strict=True)] == [
            True
        ] * 2
    async with ollama_client(gate.served) as client:
        embedded = await client.embed(model=model, input=["one", "two"])
        assert same(list(embedded.embeddings[1]), "two")
        assert same(list((await client.embeddings(model=model, prompt="one")).embedding), "one")
    rows = await gate.ledger()
    assert len(rows) == 5
    assert {row["model"] for row in rows} == {model}
    assert all(row["tokens_in"] > 0 and row["state"] == "done" for row in rows)


async def test_what_passes_through_is_asked_as_it_came(gate: Gateway) -> None:
    body = {"model": "groq/m", "input": [[1, 2, 3]], "own_field": {"a": 1}}
    told = await gate.post("/v1/embeddings", body)
    assert (told.status, told.headers["x-triforce-route"], told.headers["x-triforce-attempts"]) == (200, "groq/m", "1")
    assert gate.upstream.records.last.json == {**body, "model": "m"}


async def test_what_cannot_be_said_is_named_as_the_client_wrote_it(gate: Gateway) -> None:
    told = await gate.post("/v1/embeddings", {"model": "google/m", "input": "a", "user": "ann"})
    assert (told.status, told.headers["x-triforce-dropped"]) == (200, "user")


@pytest.mark.parametrize("provider", ["claude", "codex"])
async def test_who_makes_none_is_named_with_who_does(gate: Gateway, provider: str) -> None:
    async with openai_client(gate.served) as client:
        with pytest.raises(openai.BadRequestError, match=f"{provider}/m makes no embeddings"):
            await client.embeddings.create(model=f"{provider}/m", input="a")
    async with ollama_client(gate.served) as client:
        with pytest.raises(ollama.ResponseError, match="makes no embeddings"):
            await client.embed(model=f"{provider}/m", input="a")
    assert not gate.upstream.records
    assert await gate.ledger() == []


async def test_a_failing_provider_is_asked_again_and_its_failure_is_written_down(gate: Gateway) -> None:
    gate.upstream.plan("first 1: status=500; then ok")
    told = await gate.post("/v1/embeddings", {"model": "groq/m", "input": "a"})
    assert (told.status, told.headers["x-triforce-attempts"]) == (200, "2")
    gate.upstream.plan("status=400")
    told = await gate.post("/v1/embeddings", {"model": "groq/m", "input": "a"})
    assert (told.status, told.json["error"]["type"]) == (400, "invalid_request_error")
    assert [(row["state"], row["tokens_in"] > 0) for row in await gate.ledger()] == [("done", True), ("failed", False)]


async def test_a_client_that_leaves_is_noticed(gate: Gateway) -> None:
    gate.upstream.plan("delay=30s")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await gate.post("/v1/embeddings", {"model": "groq/m", "input": "a"})
    await gate.upstream.until(lambda: gate.upstream.records.last.hung_up_at)
    async with asyncio.timeout(2):
        while not await gate.ledger():
            await asyncio.sleep(0.01)
    assert [row["state"] for row in await gate.ledger()] == ["interrupted"]


@pytest.mark.parametrize("provider", ALL)
async def test_every_client_gets_a_count_from_every_provider(gate: Gateway, provider: str) -> None:
    model = f"{provider}/m"
    async with anthropic_client(gate.served) as client:
        raw = await client.messages.with_raw_response.count_tokens(model=model, messages=HI, system="Be brief.")
        counted = (await raw.parse()).input_tokens
    async with gemini_client(gate.served) as client:
        found = await client.aio.models.count_tokens(model=model, contents="Why is the sky blue?")
    assert 5 <= found.total_tokens <= counted <= 10
    assert (raw.headers.get("x-triforce-estimated") == "true") is (provider not in COUNTING)
    assert await gate.ledger() == [], "a count costs nothing"


async def test_a_provider_of_the_dialect_that_cannot_count_is_guessed_for(gate: Gateway) -> None:
    gate.upstream.plan("on all: status=404")
    told = await gate.post("/v1/messages/count_tokens", {"model": "claude/m", "messages": HI})
    assert (told.status, told.headers["x-triforce-estimated"]) == (200, "true")
    gate.upstream.plan("on all: status=400")
    told = await gate.post("/v1/messages/count_tokens", {"model": "claude/m", "messages": HI})
    assert told.status == 400


async def test_a_count_of_nonsense_is_refused_in_the_clients_own_words(gate: Gateway) -> None:
    async with anthropic_client(gate.served) as client:
        with pytest.raises(anthropic.BadRequestError, match="messages"):
            await client.messages.count_tokens(model="groq/m", messages=[])
        with pytest.raises(anthropic.NotFoundError):
            await client.messages.count_tokens(model="groq-no/m", messages=HI)
