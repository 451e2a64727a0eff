"""An Ollama fetches and deletes models, and its words become ours."""

import json

import pytest

from tests.triforce_daemon.outbound.raw_server import Exchange, RawServer, serve
from triforce_daemon.dialects.ollama.dialect import Ollama
from triforce_daemon.errors import ModelFetchFailed, ModelNotFound, TriforceError, UpstreamFailed
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.catalog import row_of
from triforce_daemon.providers.credential import NO_KEY, Credential
from triforce_daemon.providers.ollama_models import OllamaModels
from triforce_daemon.settings import Provider
from triforce_daemon.wire.models import PullProgress

FETCH = [
    {"status": "pulling manifest"},
    {"status": "pulling 6a0746a1ec1a", "digest": "sha256:6a", "total": 200, "completed": 50},
    {"status": "pulling 6a0746a1ec1a", "digest": "sha256:6a", "total": 200, "completed": 200},
    {"status": "pulling 4fa551d4f938", "digest": "sha256:4f", "total": 10, "completed": 10},
    {"status": "verifying sha256 digest"},
    {"status": "writing manifest"},
    {"status": "success"},
]


def answering(*lines: object, status: int = 200):
    async def script(exchange: Exchange) -> None:
        body = b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
        await exchange.send(f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)

    return script


def of(server: RawServer, outbound: Outbound) -> OllamaModels:
    return OllamaModels(row_of("ollama", Provider(base_url=server.url), {}), Ollama(), outbound)


@pytest.fixture
async def outbound():
    made = Outbound({})
    yield made
    await made.close()


async def test_a_pull_is_told_as_it_goes(outbound: Outbound) -> None:
    told: list[PullProgress] = []
    async with serve(answering(*FETCH)) as server:
        done = await of(server, outbound).pull("phi4:latest", NO_KEY, told.append)
    assert done == {
        "type": "done",
        "model": "ollama/phi4:latest",
        "path": None,
        "size_bytes": 200,
        "sha256": None,
        "fetched": True,
    }
    assert [line["phase"] for line in told] == ["resolving"] + ["fetching"] * 3 + ["checking"] + ["unpacking"] * 2
    assert (told[1]["done_bytes"], told[1]["total_bytes"], told[0]["total_bytes"]) == (50, 200, None)
    assert server.requests[0].head.startswith(b"POST /api/pull ")
    assert json.loads(server.requests[0].body) == {"model": "phi4:latest", "stream": True}


async def test_what_was_there_already(outbound: Outbound) -> None:
    async with serve(answering({"status": "pulling manifest"}, {"status": "success"})) as server:
        assert (await of(server, outbound).pull("phi4", NO_KEY, lambda _: None))["fetched"] is False


@pytest.mark.parametrize(
    ("lines", "status", "error"),
    [
        (
            [{"status": "pulling manifest"}, {"error": "file does not exist"}],
            200,
            ModelFetchFailed,
        ),
        ([b"<html>\n"], 200, UpstreamFailed),
        ([{"error": "broken"}], 500, UpstreamFailed),
    ],
)
async def test_a_pull_that_fails(outbound: Outbound, lines: list, status: int, error: type[Exception]) -> None:
    async with serve(answering(*lines, status=status)) as server:
        with pytest.raises(error):
            await of(server, outbound).pull("x", NO_KEY, lambda _: None)


async def test_removing(outbound: Outbound) -> None:
    async with serve(answering()) as server:
        await of(server, outbound).remove("phi4:latest", NO_KEY)
    assert server.requests[0].head.startswith(b"DELETE /api/delete ")
    assert json.loads(server.requests[0].body) == {"model": "phi4:latest"}
    async with serve(answering({"error": "model 'x' not found"}, status=404)) as server:
        with pytest.raises(ModelNotFound):
            await of(server, outbound).remove("x", NO_KEY)
    async with serve(answering({"error": "disk"}, status=500)) as server:
        with pytest.raises(UpstreamFailed, match="disk"):
            await of(server, outbound).remove("x", NO_KEY)


@pytest.mark.parametrize("status", [200, 500])
async def test_a_key_that_it_repeats_goes_no_further(outbound: Outbound, status: int) -> None:
    key = Credential("mine", "ollama-CANARY-123", "vault")
    async with serve(answering({"error": f"no such key: {key.secret}"}, status=status)) as server:
        with pytest.raises(TriforceError) as pulled:
            await of(server, outbound).pull("phi4", key, lambda _: None)
        assert "no such key" in pulled.value.message
        assert key.secret not in str(pulled.value)
    async with serve(answering({"error": f"no such key: {key.secret}"}, status=500)) as server:
        with pytest.raises(TriforceError) as removed:
            await of(server, outbound).remove("phi4", key)
        assert key.secret not in str(removed.value)
