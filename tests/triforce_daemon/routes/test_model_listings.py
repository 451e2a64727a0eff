"""The lists in the shape of each API: only what can be asked, in pages where the API has pages."""

from collections.abc import AsyncIterator

import anthropic
import ollama
import pytest
from google.genai import errors

from tests.triforce_daemon.played_provider import chatting
from tests.triforce_daemon.routes.real_clients import anthropic_client, gemini_client, ollama_client, openai_client
from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.listed import Listed

ANTHROPIC = {"anthropic-version": "2023-06-01"}
GOOGLE = {"x-goog-api-key": "any"}


@pytest.fixture
async def many(served: ServedDaemon) -> AsyncIterator[ServedDaemon]:
    served.provider.models = chatting(*(f"m{number:03}" for number in range(70)))
    yield served


async def openai(served: ServedDaemon) -> list[str]:
    _, listed = await served.get("/v1/models")
    assert listed["object"] == "list"
    return [model["id"] for model in listed["data"]]


async def test_openai_has_all_at_once_and_the_aliases(many: ServedDaemon) -> None:
    assert await openai(many) == [f"scripted/m{number:03}" for number in range(70)]
    status, _ = await many.call("PUT", "/v1/registry/aliases/quick", json={"models": ["scripted/m00*"]})
    assert status == 200
    assert (await openai(many))[:2] == ["quick", "scripted/m000"]
    _, model = await many.get("/v1/models/scripted/m001")
    assert model == {"id": "scripted/m001", "object": "model", "created": 0, "owned_by": "scripted"}
    # Of a family the newest is meant.
    assert (await many.get("/v1/models/quick"))[1]["id"] == "scripted/m009"


async def test_what_cannot_be_asked_is_in_no_list(served: ServedDaemon) -> None:
    served.provider.conditions["small"] = Condition("down", "broken")

    async def with_a_voice() -> list[Listed]:
        return [Listed("small", abilities=("chat",)), Listed("voice"), Listed("large", abilities=("chat",))]

    served.provider.list_models = with_a_voice
    assert await openai(served) == ["scripted/large"]
    assert [model["name"] for model in (await served.get("/v1beta/models"))[1]["models"]] == ["models/scripted/large"]
    assert [model["name"] for model in (await served.get("/api/tags"))[1]["models"]] == ["scripted/large"]
    _, listed = await served.call("GET", "/v1/models", headers=ANTHROPIC)
    assert [model["id"] for model in listed["data"]] == ["scripted/large"]


async def test_a_token_sees_what_it_may_ask(served: ServedDaemon) -> None:
    token = await served.token("inference", models=["scripted/large"])
    status, listed = await served.over_http("GET", "/v1/models", token)
    assert (status, [model["id"] for model in listed["data"]]) == (200, ["scripted/large"])
    served.provider.boundary = "any"
    near = await served.token("inference", name="near", boundary="machine")
    assert (await served.over_http("GET", "/v1/models", near))[1]["data"] == []


async def test_gemini_in_pages(many: ServedDaemon) -> None:
    names: list[str] = []
    query: dict[str, object] = {"pageSize": 30}
    for size in (30, 30, 10):
        _, page = await many.get("/v1beta/models", **query)
        assert len(page["models"]) == size
        names += [model["name"] for model in page["models"]]
        query["pageToken"] = page.get("nextPageToken", "")
    assert query["pageToken"] == ""
    assert names == [f"models/scripted/m{number:03}" for number in range(70)]
    assert len((await many.get("/v1beta/models"))[1]["models"]) == 50
    _, model = await many.get("/v1beta/models/scripted/m007")
    assert (model["name"], model["supportedGenerationMethods"]) == (
        "models/scripted/m007",
        ["generateContent", "countTokens"],
    )
    assert (await many.get("/v1beta/models", pageToken="models/nothing"))[0] == 400


async def test_anthropic_in_pages(many: ServedDaemon) -> None:
    async def page(**query: object) -> dict:
        status, found = await many.call("GET", "/v1/models", headers=ANTHROPIC, params=query)
        assert status == 200
        return found

    first = await page()
    assert (len(first["data"]), first["has_more"], first["first_id"]) == (20, True, "scripted/m000")
    assert first["data"][0]["type"] == "model"
    second = await page(after_id=first["last_id"], limit=50)
    assert (second["first_id"], second["last_id"], second["has_more"]) == ("scripted/m020", "scripted/m069", False)
    before = await page(before_id="scripted/m010", limit=5)
    assert (before["first_id"], before["last_id"], before["has_more"]) == ("scripted/m005", "scripted/m009", True)
    assert (await page(before_id="scripted/m002"))["has_more"] is False
    status, _ = await many.call("GET", "/v1/models", headers=ANTHROPIC, params={"after_id": "nothing"})
    assert status == 400
    _, model = await many.call("GET", "/v1/models/m001", headers=ANTHROPIC)
    assert (model["type"], model["display_name"]) == ("model", "scripted/m001")


async def test_ollama_shows_one(served: ServedDaemon) -> None:
    _, shown = await served.post("/api/show", {"model": "small"})
    assert (shown["capabilities"], shown["model_info"]["scripted.context_length"]) == (["completion"], 4_096)
    assert (await served.get("/api/ps"))[1] == {"models": []}


async def test_googles_clients_are_known_where_they_share_a_path(many: ServedDaemon) -> None:
    _, page = await many.call("GET", "/v1/models", headers=GOOGLE, params={"pageSize": 3})
    assert [model["name"] for model in page["models"]] == [f"models/scripted/m00{number}" for number in range(3)]
    assert page["nextPageToken"] == "scripted/m002"
    _, model = await many.call("GET", "/v1/models/m001", headers=GOOGLE)
    assert model["name"] == "models/scripted/m001"


async def test_the_providers_own_clients_list_models(served: ServedDaemon) -> None:
    ids = ["scripted/small", "scripted/large"]
    async with openai_client(served) as client:
        assert [model.id async for model in client.models.list()] == ids
    async with anthropic_client(served) as client:
        assert [model.id async for model in client.models.list(limit=1)] == ids
        assert (await client.models.retrieve("scripted/large")).id == "scripted/large"
        with pytest.raises(anthropic.NotFoundError) as raised:
            await client.models.retrieve("scripted/larg")
        assert raised.value.body["error"]["type"] == "not_found_error"
    for version in ("v1beta", "v1"):
        async with gemini_client(served, version) as client:
            found = [model.name async for model in await client.aio.models.list(config={"page_size": 1})]
            assert found == [f"models/{id}" for id in ids]
            assert (await client.aio.models.get(model="scripted/large")).name == "models/scripted/large"
            with pytest.raises(errors.ClientError) as refused:
                await client.aio.models.get(model="scripted/larg")
            assert refused.value.status == "NOT_FOUND"
    async with ollama_client(served) as client:
        assert [model.model for model in (await client.list()).models] == ids
        assert "completion" in (await client.show("scripted/small")).capabilities
        with pytest.raises(ollama.ResponseError, match="There is no model"):
            await client.show("scripted/larg")
