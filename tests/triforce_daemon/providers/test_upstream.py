"""What is posted to a provider, and what is refused before that."""

import pytest

from tests.triforce_daemon.scripted_upstream import ScriptedUpstream
from triforce_daemon.dialects.canonical import Written
from triforce_daemon.dialects.openai_chat.dialect import OpenAIChat
from triforce_daemon.errors import ContextExceeded, InvalidRequest, UpstreamFailed
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.provider import Address
from triforce_daemon.providers.upstream import Upstream
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.settings import Upstream as Settings

BODY = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}


async def post(url: str, body: dict) -> bytes:
    outbound = Outbound({})
    try:
        address = Address(url, "m", {"authorization": "Bearer secret"})
        upstream = Upstream(outbound, Settings(connect_seconds=2), Clock())
        with await upstream.post(address, Written("/chat/completions", body, []), OpenAIChat()) as reply:
            return await reply.read(1 << 20)
    finally:
        await outbound.close()


async def test_the_body_and_the_key_arrive_as_they_are() -> None:
    async with ScriptedUpstream().serve() as provider:
        assert b"Hello there" in await post(provider.url, BODY)
    assert provider.requests == [BODY]
    sent = {name.lower(): value for name, value in provider.headers[0].items()}
    assert sent["authorization"] == "Bearer secret"


async def test_a_refusal_is_read_in_the_dialects_words() -> None:
    async with ScriptedUpstream().serve() as provider:
        provider.script = [("status", (400, {"message": "maximum context length is 5", "code": None}))]
        with pytest.raises(ContextExceeded):
            await post(provider.url, BODY)
        provider.script = [("status", (500, {"message": "out of paper"}))]
        with pytest.raises(UpstreamFailed, match="out of paper"):
            await post(provider.url, BODY)


async def test_nobody_there_is_said() -> None:
    with pytest.raises(UpstreamFailed):
        await post("http://127.0.0.1:9/v1", BODY)


async def test_what_cannot_be_written_is_refused_before_it_is_sent() -> None:
    deep: object = 1
    for _ in range(400):
        deep = {"a": deep}
    async with ScriptedUpstream().serve() as provider:
        with pytest.raises(InvalidRequest, match="cannot be passed on"):
            await post(provider.url, {**BODY, "deep": deep})
    assert provider.requests == []
