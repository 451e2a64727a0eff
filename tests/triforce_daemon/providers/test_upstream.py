"""What is posted to a provider, and what is refused before that."""

import pytest

from tests.scriptable_upstream.script import say
from tests.scriptable_upstream.server import serve
from tests.triforce_daemon.outbound.raw_server import Exchange
from tests.triforce_daemon.outbound.raw_server import serve as serve_bytes
from triforce_daemon.dialects.canonical import Written
from triforce_daemon.dialects.openai_chat.dialect import OpenAIChat
from triforce_daemon.errors import ContextExceeded, InvalidRequest, KeyRejected, UpstreamFailed
from triforce_daemon.outbound import reply
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
        with await upstream.post(address, Written("/chat/completions", body, []), OpenAIChat()) as answer:
            return await answer.read(1 << 20)
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


@pytest.mark.parametrize(
    ("rest", "ending"),
    [
        (b"Content-Length: 90000\r\n\r\n" + b"x" * 90_000, "all"),
        (b"Content-Length: 900\r\n\r\n" + b"x" * 100, "cut"),
        (b"Content-Length: 900\r\n\r\n" + b"x" * 100, "silent"),
        (b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nxyz", "all"),
    ],
)
async def test_a_refusal_is_one_whatever_becomes_of_its_words(
    rest: bytes, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reply, "REFUSAL_SECONDS", 0.1)

    async def script(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 401 No\r\n" + rest)
        if ending == "silent":
            await exchange.gone()
        exchange.writer.close()

    async with serve_bytes(script) as server:
        with pytest.raises(KeyRejected) as refused:
            await post(server.url, BODY)
    assert refused.value.upstream_status == 401


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
