"""A stream whose first token takes long, and one that the daemon's end cuts short."""

import asyncio
from typing import Any

import pytest

from tests.scriptable_upstream.script import say
from tests.triforce_daemon.routes.real_clients import anthropic_client, gemini_client, openai_client
from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.routes import patience

CHAT = {"model": "scripted/small", "messages": [{"role": "user", "content": "x"}], "stream": True, "max_tokens": 50}


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "KEEP_ALIVE_SECONDS", 0.1)


async def streamed(served: ServedDaemon, path: str = "/v1/chat/completions") -> tuple[int, str]:
    async with served.client.post("http://triforced" + path, json=CHAT) as reply:
        return reply.status, await reply.text()


async def test_who_waits_long_hears_that_somebody_is_there(served: ServedDaemon) -> None:
    served.upstream.enqueue(say("late"), "delay=350ms")
    status, text = await streamed(served)
    assert status == 200
    assert text.startswith(": ping\n\n: ping\n\n")
    assert "late" in text
    assert ": ping" not in text[text.index("data:") :]


async def test_who_need_not_wait_hears_nothing_of_it(served: ServedDaemon) -> None:
    status, text = await streamed(served)
    assert (status, ": ping" in text) == (200, False)
    await asyncio.sleep(0.2)


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
async def test_another_may_still_take_over_and_at_the_end_the_error_is_in_the_stream(
    served: ServedDaemon, path: str
) -> None:
    served.upstream.enqueue(say("x"), "delay=200ms status=500")
    served.upstream.enqueue(say("second"))
    status, text = await streamed(served, path)
    assert (status, text.startswith(": ping\n\n"), "second" in text) == (200, True, True)
    for _ in range(5):
        served.upstream.enqueue(say("x"), "delay=200ms status=400")
    status, text = await streamed(served, path)
    assert (status, text.startswith(": ping\n\n"), "error" in text) == (200, True, True)


async def test_lines_of_json_know_no_comments(served: ServedDaemon) -> None:
    served.upstream.enqueue(say("late"), "delay=250ms")
    status, text = await streamed(served, "/api/chat")
    assert status == 200
    assert text.startswith("{")


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages", "/api/chat"])
async def test_a_stream_that_the_daemon_cuts_says_so(served: ServedDaemon, path: str) -> None:
    served.upstream.enqueue(say("one", " two", " three"), "stall-after=2")
    async with served.client.post("http://triforced" + path, json=CHAT) as reply:
        await reply.content.readany()
        served.lifecycle.cut_all()
        assert "stopping" in await reply.text()


async def asked_by(served: ServedDaemon, client: str) -> str:
    """What a provider's own client makes of a stream that begins late."""
    messages: list[Any] = [{"role": "user", "content": "x"}]
    if client.startswith("openai"):
        async with openai_client(served) as asking:
            if client == "openai responses":
                events = await asking.responses.create(model="scripted/small", input="x", stream=True)
                return "".join([event.delta async for event in events if event.type == "response.output_text.delta"])
            chunks = await asking.chat.completions.create(model="scripted/small", messages=messages, stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in chunks if chunk.choices])
    if client == "anthropic":
        async with (
            anthropic_client(served) as asking,
            asking.messages.stream(model="scripted/small", messages=messages, max_tokens=50) as stream,
        ):
            return "".join([text async for text in stream.text_stream])
    async with gemini_client(served) as gemini:
        parts = await gemini.aio.models.generate_content_stream(model="scripted/small", contents="x")
        return "".join([part.text or "" async for part in parts])


@pytest.mark.parametrize("client", ["openai", "openai responses", "anthropic", "gemini"])
async def test_the_providers_own_clients_pass_it_over(served: ServedDaemon, client: str) -> None:
    served.upstream.enqueue(say("late", " and", " whole"), "delay=350ms")
    assert await asked_by(served, client) == "late and whole"
