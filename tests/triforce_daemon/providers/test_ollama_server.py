"""What an Ollama tells of itself becomes values; what a stranger tells in its place hurts nobody."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scriptable_upstream.server import serve as serve_upstream
from tests.triforce_daemon.outbound.raw_server import Exchange, answer, serve
from triforce_daemon.dialects.ollama.dialect import Ollama
from triforce_daemon.errors import ModelNotFound, UpstreamFailed
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.catalog import row_of
from triforce_daemon.providers.credential import NO_KEY
from triforce_daemon.providers.inquiry import Inquiry
from triforce_daemon.providers.ollama_server import OllamaServer
from triforce_daemon.settings import Provider

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["name", "size", "details"]), inner),
    max_leaves=8,
)
TOLD = st.fixed_dictionaries({}, optional={"models": JSON, "version": JSON, "details": JSON, "capabilities": JSON})


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    made = Outbound({})
    yield made
    await made.close()


@dataclass
class Stranger:
    """Answers every question with the same."""

    body: bytes

    async def ask(self, *_: object) -> bytes:
        return self.body


def at(url: str, outbound: Outbound) -> OllamaServer:
    return OllamaServer(Inquiry(row_of("ollama", Provider(base_url=url), {}), Ollama(), outbound), NO_KEY)


async def test_what_it_tells(outbound: Outbound) -> None:
    async with serve_upstream() as upstream:
        server = at(upstream.base_url("ollama"), outbound)
        assert await server.version() == "0.21.0"
        found = {one.name: one for one in await server.on_disk()}
        assert found["qwen3:8b"].size == 5_200_000_000 and len(found["qwen3:8b"].digest or "") == 64
        assert found["qwen3:8b"].details.quantization == "Q4_K_M"
        (loaded,) = await server.loaded()
        assert (loaded.name, loaded.size_vram) == ("llama3.2:1b", 1_300_000_000)
        assert loaded.expires and loaded.expires.startswith("2038")
        shown = await server.show("qwen3")
        assert (shown.details.family, shown.context) == ("qwen3", 40_960)
        assert shown.capabilities == ["completion", "tools", "thinking"]
        assert shown.licence.startswith("Apache") and "{{ .Prompt }}" in shown.template
        with pytest.raises(ModelNotFound, match="no model nope"):
            await server.show("nope")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"12"])
async def test_what_is_no_answer_is_said_to_be_none(outbound: Outbound, body: bytes) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.send(answer(body))

    async with serve(script) as server:
        for asking in (at(server.url, outbound).version(), at(server.url, outbound).show("x")):
            with pytest.raises(UpstreamFailed, match="no JSON object"):
                await asking


@given(TOLD)
async def test_whatever_a_stranger_tells_is_a_value_or_an_error_of_ours(told: object) -> None:
    server = OllamaServer(cast(Inquiry, Stranger(json.dumps(told).encode())), NO_KEY)
    assert isinstance(await server.version(), str)
    for one in await server.on_disk():
        assert one.name.isprintable() and (one.size is None or one.size >= 0)
    assert len(await server.loaded()) < 20
    assert isinstance((await server.show("x")).licence, str)
