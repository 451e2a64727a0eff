"""Row 22: ten thousand streams on which nothing happens cost memory that can be counted, and nobody else's time.

Most of them wait for a model's next word, which takes the daemon two descriptors each, the client's and the provider's;
one in a hundred listens to what the daemon's MCP server has to say. So 20,000 descriptors are enough for all.
"""

import asyncio
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
import pytest

from tests.architecture.source import ROOT
from tests.end_to_end.processes import Daemon, running

#: All that the daemon may take with so many clients, and what the slowest but one of a hundred may wait meanwhile.
CLIENTS = 10_000
RSS_MB = 400
HEALTH_SECONDS = 0.05
#: The allocator takes memory by the megabyte: so much of what a few clients cost does not depend on how many they are.
ROUNDED_MB = 2
#: One in so many listens.
LISTENS = 100
#: Descriptors that the daemon needs besides those of its clients.
BESIDES = 60
QUICKLY = ("--set", "builtin.enabled=false", "--set", "providers.ollama.enabled=false")
BODY = json.dumps({"model": "played/x", "stream": True, "messages": [{"role": "user", "content": "x"}]})
ASK = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(BODY)}\r\n\r\n{BODY}".encode()
LISTEN = b"GET /v1/mcp/sse HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n"
HEALTH = b"GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n"
Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def stream(path: str, at_once: asyncio.Semaphore, asked: bytes = ASK, first: bytes = b'"x"}}]}\n\n') -> Client:
    """A client that has got the first event, and waits for the next."""
    async with at_once:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(asked)
        await reader.readuntil(first)
        return reader, writer


async def listen(path: str, at_once: asyncio.Semaphore) -> Client:
    """A client that has been told where to send messages, and waits for the daemon's."""
    return await stream(path, at_once, LISTEN, b"data: /v1/mcp/messages")


async def health(path: str, times: int) -> list[float]:
    """How long each answer took, on one connection."""
    reader, writer = await asyncio.open_unix_connection(path)
    took: list[float] = []
    for _ in range(times):
        begun = time.perf_counter()
        writer.write(HEALTH)
        assert b" 200 " in await reader.readuntil(b"}")
        took.append(time.perf_counter() - begun)
        await asyncio.sleep(0.002)
    writer.close()
    return took


@dataclass
class Crowd:
    """What the daemon took before and with the clients in it, in MB, and how long health took, in seconds."""

    before: float
    after: float
    usual: float
    crowded: float


async def crowd(daemon: Daemon, size: int) -> Crowd:
    assert daemon.process is not None
    process = psutil.Process(daemon.process.pid)
    at_once = asyncio.Semaphore(64)
    # The first one that listens has MCP loaded, which does not depend on how many come.
    _, first = await listen(daemon.socket, at_once)
    first.close()
    await health(daemon.socket, 50)
    before, usual = process.memory_info().rss, _p99(await health(daemon.socket, 200))
    kinds = [listen if number % LISTENS == 0 else stream for number in range(size)]
    clients = await asyncio.gather(*(begin(daemon.socket, at_once) for begin in kinds))
    after, crowded = process.memory_info().rss, _p99(await health(daemon.socket, 200))
    _, status = await asyncio.to_thread(daemon.call, "GET", "/v1/status")
    assert status["daemon"]["streams"] == kinds.count(stream)
    assert [reader for reader, _ in clients if reader.at_eof()] == []
    for _, writer in clients:
        writer.close()
    return Crowd(before / 1e6, after / 1e6, usual, crowded)


def _p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98]


@contextmanager
def silent_provider() -> Iterator[str]:
    """Its address."""
    command = [sys.executable, "-m", "tests.end_to_end.silent_provider"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        process.kill()


def room() -> int:
    """For how many clients the daemon has descriptors."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return (hard - BESIDES) * LISTENS // (2 * LISTENS - 1)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_idle_streams_cost_little(home: dict[str, str], in_full: bool) -> None:
    assert not in_full or room() >= CLIENTS, "`ulimit -Hn` is too low for ten thousand clients"
    size = CLIENTS if in_full else 500
    with silent_provider() as url:
        played = ("--set", f"providers.played.base_url={url}", "--set", "daemon.drain_seconds=0")
        patient = ("--set", "upstream.idle_seconds=600", "--set", "upstream.first_token_seconds=600")
        # The first start loads what makes a database, and is the only one that does.
        with running(home, *QUICKLY):
            pass
        with running(home, *QUICKLY, *played, *patient) as daemon:
            found = asyncio.run(crowd(daemon, size))
    print(f"{size} clients: {found}")
    if in_full:
        assert found.after <= RSS_MB
    else:
        assert found.before + (found.after - found.before - ROUNDED_MB) / size * CLIENTS <= RSS_MB
    assert found.crowded <= HEALTH_SECONDS
