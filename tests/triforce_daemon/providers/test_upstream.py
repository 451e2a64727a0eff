"""What is posted to a provider, and what is refused before that."""

import pytest

from tests.scriptable_upstream.script import say
from tests.scriptable_upstream.server import serve
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
    async with serve() as provider:
        provider.enqueue(say("Hello", " there"))
        assert b"Hello there" in await post(provider.base_url("compatible"), BODY)
    (asked,) = provider.records
    assert (asked.json, asked.header("authorization")) == (BODY, "Bearer secret")


async def test_a_refusal_is_read_in_the_dialects_words() -> None:
    async with serve() as provider:
        provider.plan("status=400 error=context")
        with pytest.raises(ContextExceeded):
            await post(provider.base_url("compatible"), BODY)
        provider.plan("status=500")
        with pytest.raises(UpstreamFailed, match="Sorry about that!"):
            await post(provider.base_url("compatible"), BODY)


async def test_nobody_there_is_said() -> None:
    with pytest.raises(UpstreamFailed):
        await post("http://127.0.0.1:9/v1", BODY)


async def test_what_cannot_be_written_is_refused_before_it_is_sent() -> None:
    deep: object = 1
    for _ in range(400):
        deep = {"a": deep}
    async with serve() as provider:
        with pytest.raises(InvalidRequest, match="cannot be passed on"):
            await post(provider.base_url("compatible"), {**BODY, "deep": deep})
    assert not provider.records
