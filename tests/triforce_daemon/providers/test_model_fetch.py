"""Lists of models from a server that sends whatever it is told, page after page."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from triforce_daemon.dialects.all import by_name
from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.catalog import row_of
from triforce_daemon.providers.credential import NO_KEY
from triforce_daemon.providers.model_fetch import ModelFetch
from triforce_daemon.settings import Provider

#: From the request's first line and body to the body of the answer.
Answer = Callable[[str, bytes], bytes]


@asynccontextmanager
async def fetching(answer: Answer, dialect: str = "") -> AsyncIterator[ModelFetch]:
    """A provider of one's own whose server answers everything with 200 and these bodies."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), 0)
        body = answer(head.split(b"\r\n")[0].decode(), await reader.readexactly(length))
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
        writer.write(body)
        with suppress(ConnectionError):
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    row = row_of("mine", Provider.model_validate({"base_url": f"http://127.0.0.1:{port}", "dialect": dialect}), {})
    outbound = Outbound({})
    try:
        yield ModelFetch(row, by_name()[row.dialect], outbound)
    finally:
        await outbound.close()
        server.close()
        await server.wait_closed()


async def names(answer: Answer, dialect: str = "") -> list[str]:
    async with fetching(answer, dialect) as fetch:
        return [model.name for model in await fetch.models([NO_KEY])]


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><title>Log in</title>",
        b"",
        b"{",
        b"null",
        b"7",
        b'"text"',
        b"{}",
        b'{"data": null}',
        b'{"data": {"id": "x"}}',
        b'{"error": "no"}',
        b"[" * 5_000,
        b"\xff\xfe",
    ],
)
async def test_what_is_no_list_is_an_error_that_names_the_provider(body: bytes) -> None:
    with pytest.raises(UpstreamFailed) as raised:
        await names(lambda _, __: body)
    assert "mine" in raised.value.message
    assert "providers.mine.base_url" in str(raised.value.hint)


async def test_a_list_without_end_is_given_up() -> None:
    with pytest.raises(UpstreamFailed) as raised:
        await names(lambda _, __: b" " * (20 << 20))
    assert "16777216 bytes" in raised.value.message


async def test_an_empty_list_and_a_bare_one_are_lists() -> None:
    assert await names(lambda _, __: b"[]") == []
    assert await names(lambda _, __: b'[{"id": "a"}]') == ["a"]


async def test_a_name_that_comes_twice_counts_once() -> None:
    assert await names(lambda _, __: b'{"data": [{"id": "a"}, {"id": "b"}, {"id": "a"}]}') == ["a", "b"]


async def test_what_is_left_out_is_counted_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    body = json.dumps({"data": [{"id": "a"}, {"id": "\x1b[2J"}, {"id": "x" * 10_000}, None]}).encode()
    assert await names(lambda _, __: body) == ["a"]
    [record] = [record for record in caplog.records if record.msg == "models left out"]
    assert (record.__dict__["provider"], record.__dict__["models"]) == ("mine", 3)


async def test_a_long_list_is_read_whole() -> None:
    body = json.dumps({"data": [{"id": f"m{number}", "filling": "x" * 100} for number in range(5_000)]}).encode()
    assert len(body) > 256 << 10
    assert len(await names(lambda _, __: body)) == 5_000


async def test_pages_that_go_round_in_a_circle_end() -> None:
    asked: list[str] = []

    def answer(line: str, _: bytes) -> bytes:
        asked.append(line)
        return b'{"models": [{"name": "models/a"}], "nextPageToken": "again"}'

    assert await names(answer, "gemini") == ["a"]
    assert len(asked) == 2


async def test_pages_without_end_end() -> None:
    asked: list[str] = []

    def answer(line: str, _: bytes) -> bytes:
        asked.append(line)
        number = len(asked)
        return json.dumps({"models": [{"name": f"models/m{number}"}], "nextPageToken": f"a&b={number}"}).encode()

    assert len(await names(answer, "gemini")) == len(asked) == 20
    assert asked[1] == "GET /models?pageSize=1000&pageToken=a%26b%3D1 HTTP/1.1"


async def test_an_older_ollama_is_asked_for_each_model() -> None:
    def answer(line: str, body: bytes) -> bytes:
        if "/api/tags" in line:
            return b'{"models": [{"name": "a"}, {"name": "b"}, {"name": "broken"}]}'
        name = json.loads(body)["model"]
        shown = {"capabilities": ["completion", "vision"], "model_info": {"llama.context_length": 9}}
        return b"{" if name == "broken" else json.dumps(shown).encode()

    async with fetching(answer, "ollama") as fetch:
        a, b, broken = await fetch.models([NO_KEY])
    assert (a.context, a.abilities) == (b.context, b.abilities) == (9, ("chat", "vision", "json_schema"))
    assert (broken.context, broken.abilities) == (None, ("chat", "tools"))


async def test_a_probe_that_is_answered_is_a_good_sign() -> None:
    async with fetching(lambda _, __: b"{}") as fetch:
        shown = await fetch.probe(NO_KEY)
    assert (shown.state, shown.status) == ("ok", 200)
