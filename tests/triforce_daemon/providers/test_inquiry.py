"""A short question to a provider: its answer, its refusal, and no more of either than anybody reads."""

import pytest

from tests.scriptable_upstream.server import serve as serve_upstream
from tests.triforce_daemon.outbound.raw_server import Exchange, answer, serve
from triforce_daemon.dialects.ollama.dialect import Ollama
from triforce_daemon.errors import KeyRejected, UpstreamFailed
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.catalog import row_of
from triforce_daemon.providers.credential import NO_KEY, Credential
from triforce_daemon.providers.inquiry import Inquiry
from triforce_daemon.settings import Provider


def of(url: str, outbound: Outbound) -> Inquiry:
    return Inquiry(row_of("ollama", Provider(base_url=url), {}), Ollama(), outbound)


async def test_a_question_and_its_answer() -> None:
    outbound = Outbound({})
    async with serve_upstream() as upstream:
        asking = of(upstream.base_url("ollama"), outbound)
        assert b'"version"' in await asking.ask("GET", "/api/version", NO_KEY)
        upstream.accept("ollama", "the-right-key")
        with pytest.raises(KeyRejected):
            await asking.ask("GET", "/api/version", Credential("mine", "another-key", "vault"))
    await outbound.close()


async def test_a_refusal_does_not_repeat_the_key_and_an_answer_has_an_end() -> None:
    outbound = Outbound({})
    key = Credential("mine", "ollama-CANARY-123", "vault")

    async def script(exchange: Exchange) -> None:
        if b"/long " in exchange.head:
            await exchange.send(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n" + b"x" * (17 << 20))
        else:
            await exchange.send(answer(b'{"error": "no such key: ollama-CANARY-123"}', status="500 No"))

    async with serve(script) as server:
        with pytest.raises(UpstreamFailed) as refused:
            await of(server.url, outbound).ask("GET", "/short", key)
        assert key.secret not in str(refused.value)
        with pytest.raises(UpstreamFailed, match="16777216 bytes"):
            await of(server.url, outbound).ask("GET", "/long", NO_KEY)
    await outbound.close()
