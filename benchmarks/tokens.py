"""Tokens per second through `triforce chat` against the engine's own. Exit status 1: under the gate.

python -m benchmarks.tokens [--rounds N] [--tokens N] [--keep]
"""

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks.daemon import TRIFORCE, running_daemon
from benchmarks.engine import running_engine, stream
from benchmarks.report import keep, machine, spread, table
from triforce_daemon.providers.provider import Address

PROMPT = "Tell me a long story about a lighthouse, a storm and a ship."
GATE = 0.95


def of_the_engine(address: Address, tokens: int) -> float:
    """Tokens per second from the first piece of text to the last."""
    times: list[float] = []
    written = 0
    for event in stream(address, PROMPT, tokens):
        if event.get("usage"):
            written = int(event["usage"]["completion_tokens"])
        if any(choice["delta"].get("content") for choice in event["choices"]):
            times.append(time.perf_counter())
    return (written - 1) / (times[-1] - times[0])


def of_triforce(environ: dict[str, str], tokens: int) -> float:
    """The same through `triforce chat`, as text arrives on its standard output."""
    command = [TRIFORCE, "chat", "--usage", "--no-log", "-o", "temperature=0", "-o", "seed=1"]
    command += ["--max-tokens", str(tokens), PROMPT]
    times: list[float] = []
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as chat:
        assert chat.stdout and chat.stderr
        while os.read(chat.stdout.fileno(), 65_536):
            times.append(time.perf_counter())
        remarks = chat.stderr.read().decode()
    written = re.search(r"([\d,]+) out", remarks)
    if chat.returncode != 0 or written is None:
        raise SystemExit(f"triforce chat failed: {remarks}")
    # The very last read is the line end that closes the answer.
    return (int(written[1].replace(",", "")) - 1) / (times[-2] - times[0])


async def measure(rounds: int, tokens: int) -> tuple[list[float], list[float]]:
    """Both in turn, each once a round; the first round warms up."""
    engine: list[float] = []
    triforce: list[float] = []
    with tempfile.TemporaryDirectory(prefix="triforce-bench-") as folder, running_daemon() as environ:
        async with running_engine(folder) as address:
            for _ in range(rounds + 1):
                engine.append(await asyncio.to_thread(of_the_engine, address, tokens))
                triforce.append(await asyncio.to_thread(of_triforce, environ, tokens))
    return engine[1:], triforce[1:]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--keep", action="store_true", help="write the table to benchmarks/results/tokens.md")
    chosen = parser.parse_args()
    engine, triforce = asyncio.run(measure(chosen.rounds, chosen.tokens))
    ratios = [ours / theirs for ours, theirs in zip(triforce, engine, strict=True)]
    rows = [
        ["the engine's own, tokens/s", *spread(engine, 1), ""],
        ["triforce chat, tokens/s", *spread(triforce, 1), ""],
        ["triforce chat / the engine", *spread(ratios, 3), str(GATE)],
    ]
    text = table(["", "min", "median", "max", "gate"], rows)
    print(machine(), text, sep="\n\n")
    if chosen.keep:
        what = f"{chosen.rounds} rounds in turn, {chosen.tokens} tokens each, ratios of the same round."
        keep("tokens", "Tokens per second", f"{what}\n\n{text}")
    if statistics.median(ratios) < GATE:
        print("\nUnder the gate.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
