"""A hundred streams at once, in turn straight from the upstream and through the daemon: row 10 of the matrix."""

import asyncio
import itertools
import json
import math
import re
from dataclasses import dataclass, field
from statistics import median

import pytest

from tests.end_to_end.processes import Daemon, running
from tests.scriptable_upstream.process import RemoteUpstream, run_upstream

KEY, MODEL = "a-good-key", "llama-3.1-8b-instant"
WORD = re.compile(rb'"content": ?"[^"]')
#: So many go straight, and as many through the daemon.
STREAMS = 100
#: The upstream's rhythm, in seconds.
GAP = 0.05
#: Streams begin this far apart; all of them run at the same time all the same.
APART = 0.008


@dataclass
class Heard:
    """When pieces of one stream came, in seconds since it was asked for."""

    moments: list[float] = field(default_factory=list)
    events: int = 0

    @property
    def first(self) -> float:
        return self.moments[0]

    @property
    def hurry(self) -> float:
        """By how much two pieces came closer together than they were sent, at the most."""
        return max(GAP - (after - before) for before, after in itertools.pairwise(self.moments))


async def listen(port: int, path: str, key: str, model: str) -> Heard:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps({"model": model, "stream": True, "messages": [{"role": "user", "content": "hi"}]}).encode()
    named = f"host: 127.0.0.1:{port}\r\nauthorization: Bearer {key}\r\ncontent-length: {len(body)}\r\n"
    head = f"POST {path} HTTP/1.1\r\n{named}"
    loop, heard = asyncio.get_running_loop(), Heard()
    began = loop.time()
    writer.write(head.encode() + b"connection: close\r\n\r\n" + body)
    while piece := await reader.read(65_536):
        # The first event says whose turn it is, and no word: the daemon holds it back until there is one.
        words = len(WORD.findall(piece))
        heard.events += words
        if words:
            heard.moments.append(loop.time() - began)
    writer.close()
    await writer.wait_closed()
    return heard


async def both_ways(daemon: Daemon, upstream: RemoteUpstream, token: str) -> tuple[list[Heard], list[Heard]]:
    """What came straight, and what came through the daemon."""
    address = daemon.call("GET", "/v1/status")[1]["daemon"]["listen"][0]
    ways = [
        (int(upstream.base_url("groq").split(":")[2].split("/")[0]), "/groq/openai/v1/chat/completions", KEY, MODEL),
        (int(address.rpartition(":")[2]), "/v1/chat/completions", token, f"groq/{MODEL}"),
    ]

    async def later(number: int) -> Heard:
        await asyncio.sleep(APART * number)
        return await listen(*ways[number % 2])

    heard = await asyncio.gather(*(later(number) for number in range(2 * STREAMS)))
    return heard[::2], heard[1::2]


def at(share: float, values: list[float]) -> float:
    return sorted(values)[math.ceil(share * len(values)) - 1]


@pytest.mark.long
@pytest.mark.timeout(300)
def test_row_10_a_hundred_streams_keep_their_rhythm(home: dict[str, str], in_full: bool) -> None:
    """Of several rounds the best one counts: what the machine does besides makes all that is measured worse."""
    words, rounds = (100, 8) if in_full else (20, 6)
    with run_upstream("--plan", f"words={words} first=100ms every={GAP * 1_000:g}ms") as upstream:
        environ = {
            **home,
            "TRIFORCE_BUILTIN_ENABLED": "false",
            "TRIFORCE_HTTP_ENABLED": "true",
            "TRIFORCE_HTTP_PORT": "0",
            "TRIFORCE_LOG_LEVEL": "warning",
            "TRIFORCE_PROVIDERS_GROQ_BASE_URL": upstream.base_url("groq"),
            "GROQ_API_KEY": KEY,
        }
        with running(environ) as daemon:
            token = daemon.call("POST", "/v1/tokens", {"name": "t", "scopes": ["inference"]})[1]["token"]
            found: list[tuple[float, float, float]] = []
            for _ in range(rounds):
                straight, through = asyncio.run(both_ways(daemon, upstream, token))
                assert {heard.events for heard in straight + through} == {straight[0].events}
                firsts = [[heard.first for heard in way] for way in (straight, through)]
                half = median(firsts[1]) - median(firsts[0])
                most = at(0.99, firsts[1]) - at(0.99, firsts[0])
                # Nothing waits for what follows it: pieces come no closer together than they do without the daemon.
                hurry = at(0.99, [heard.hurry for heard in through]) - at(0.99, [heard.hurry for heard in straight])
                found.append((half, most, hurry))
                print(f"p50 {half * 1_000:.1f} ms, p99 {most * 1_000:.1f} ms, coalesced {hurry * 1_000:.1f} ms")
                # Where the straight way was the slower one, something else was measured.
                if abs(half) <= 0.010 and abs(most) <= 0.030 and hurry <= 0.020:
                    return
    raise AssertionError(f"p50, p99 and coalescing of each round, in seconds: {found}")
