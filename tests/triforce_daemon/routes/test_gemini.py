"""Gemini's API, spoken by its own client, with another dialect behind it."""

import pytest
from google.genai import errors, types

from tests.triforce_daemon.routes.real_clients import gemini_client
from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_an_answer(served: ServedDaemon) -> None:
    async with gemini_client(served) as client:
        answer = await client.aio.models.generate_content(
            model="scripted/small",
            contents="hi",
            config=types.GenerateContentConfig(system_instruction="Be brief.", max_output_tokens=9),
        )
        assert answer.text == "Hello there"
        assert answer.candidates[0].finish_reason == types.FinishReason.STOP
        assert answer.usage_metadata.candidates_token_count == 2
        sent = served.upstream.records.last.json
        assert sent["messages"][0]["content"] == "Be brief."


async def test_a_stream(served: ServedDaemon) -> None:
    async with gemini_client(served) as client:
        stream = await client.aio.models.generate_content_stream(model="scripted/large", contents="hi")
        assert "".join([chunk.text or "" async for chunk in stream]) == "Hello there"
        assert served.upstream.records.last.json["model"] == "upstream-large"


async def test_errors_have_geminis_shape(served: ServedDaemon) -> None:
    async with gemini_client(served) as client:
        with pytest.raises(errors.ClientError) as raised:
            await client.aio.models.generate_content(model="scripted/smal", contents="hi")
        assert (raised.value.code, raised.value.status) == (404, "NOT_FOUND")


async def test_the_list_of_models(served: ServedDaemon) -> None:
    _, listed = await served.get("/v1beta/models")
    assert [model["name"] for model in listed["models"]] == ["models/scripted/small", "models/scripted/large"]
