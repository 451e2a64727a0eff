"""Thousands of event streams on which nothing happens cost memory that can be counted, and nobody else's time."""

import asyncio
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from tests.architecture.source import ROOT
from tests.end_to_end.processes import Daemon, running

#: Of 10,000 clients, all that the daemon may take, and what the slowest but one of a hundred may wait meanwhile.
RSS_MIB = 400
HEALTH_SECONDS = 0.05
QUICKLY = ("--set", "builtin.enabled=false", "--set", "providers.ollama.enabled=false")
BODY = json.dumps({"model": "played/x", "stream": True, "messages": [{"role": "user", "content": "x"}]})
REQUEST = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(BODY)}\r\n\r\n{BODY}".encode()
HEALTH = b"GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n"


async def stream(path: str, at_once: asyncio.Semaphore) -> asyncio.StreamWriter:
    """A client that has got the first event, and waits for the next."""
    async with at_once:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(REQUEST)
        await reader.readuntil(b"data:")
        return writer


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


async def crowd(daemon: Daemon, clients: int) -> tuple[float, float, float, float]:
    """What the daemon's memory was before and with the clients in it, in MiB, and the p99 of health as well."""
    assert daemon.process is not None
    process = psutil.Process(daemon.process.pid)
    await health(daemon.socket, 50)
    before, usual = process.memory_info().rss, _p99(await health(daemon.socket, 200))
    at_once = asyncio.Semaphore(64)
    writers = await asyncio.gather(*(stream(daemon.socket, at_once) for _ in range(clients)))
    after, crowded = process.memory_info().rss, _p99(await health(daemon.socket, 200))
    _, status = await asyncio.to_thread(daemon.call, "GET", "/v1/status")
    assert status["daemon"]["streams"] == clients
    for writer in writers:
        writer.close()
    return before / 2**20, after / 2**20, usual, crowded


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


@pytest.mark.long
@pytest.mark.timeout(300)
def test_idle_streams_cost_little(home: dict[str, str], in_full: bool) -> None:
    # Each takes a descriptor on either side of the daemon.
    room = (resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 1_000) // 2
    clients = min(10_000, room) if in_full else 500
    with silent_provider() as url:
        played = ("--set", f"providers.played.base_url={url}", "--set", "daemon.drain_seconds=0")
        patient = ("--set", "upstream.idle_seconds=600", "--set", "upstream.first_token_seconds=600")
        with running(home, *QUICKLY, *played, *patient) as daemon:
            before, after, usual, crowded = asyncio.run(crowd(daemon, clients))
    print(f"{clients} clients: {before:.0f} -> {after:.0f} MiB, health p99 {usual * 1e3:.1f} -> {crowded * 1e3:.1f} ms")
    assert before + (after - before) / clients * 10_000 < RSS_MIB
    assert crowded < max(HEALTH_SECONDS, 3 * usual)
