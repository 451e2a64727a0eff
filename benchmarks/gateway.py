"""What it costs to ask a provider through this daemon, beside the least that a Python gateway can cost.

python -m benchmarks.gateway [--redis] [--rounds N] [--seconds S] [--requests N] [--keep]

The daemon is asked over TCP with the API token of an account that has limits, and keeps its ledger, its audit and its
log. Exit status 1: a gate is missed.
"""

import argparse
import os
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.report import keep, machine, table
from benchmarks.targets import Target, running

CHAT = "/v1/chat/completions"
MESSAGES = "/v1/messages"
WORDS = [{"role": "user", "content": "Say something about foxes and dogs."}]
ASKED = {"model": "mock", "messages": WORDS, "temperature": 0.2, "max_tokens": 64}


def streamed(model: str) -> dict[str, Any]:
    return {"model": model, "messages": WORDS, "max_tokens": 256, "stream": True}


Seen = dict[str, list[dict[str, Any]]]


@dataclass
class Measured:
    """By what was asked, then by target: what the driver saw in each round."""

    seen: dict[str, Seen] = field(default_factory=dict[str, Seen])

    def add(self, what: str, target: Target, seen: dict[str, Any]) -> None:
        self.seen.setdefault(what, {}).setdefault(target.name, []).append(seen)

    def median(self, what: str, target: str, read: Callable[[dict[str, Any]], float]) -> float:
        return statistics.median(read(one) for one in self.seen[what][target])

    def ratio(self, what: str, read: Callable[[dict[str, Any]], float], to: str = "bare") -> float:
        """Ours to that of `to`."""
        return self.median(what, "triforce", read) / self.median(what, to, read)

    def added(self, what: str, read: Callable[[dict[str, Any]], float]) -> float:
        """What we add to the provider's own time, to what the bare proxy adds."""
        own = self.median(what, "provider", read)
        return (self.median(what, "triforce", read) - own) / (self.median(what, "bare", read) - own)


def rate(seen: dict[str, Any]) -> float:
    return seen["requests"] / seen["seconds"]


def cpu(seen: dict[str, Any]) -> float:
    return seen["cpu"]


def of(kind: str, percentile: str) -> Callable[[dict[str, Any]], float]:
    return lambda seen: seen[kind][percentile]


def events_per_core(seen: dict[str, Any]) -> float:
    """Events for each second of processor time."""
    return seen["events"] / (seen["cpu"] * seen["requests"] / 1e6)


@dataclass(frozen=True, slots=True)
class Gate:
    """`gate` is what must be kept, `aim` what is wanted; `most`: by staying below."""

    name: str
    figure: Callable[[Measured], float]
    gate: float
    aim: float
    most: bool = True

    def missed(self, value: float) -> bool:
        return value > self.gate if self.most else value < self.gate


GATES = (
    Gate("requests/s at 64, to bare", lambda seen: seen.ratio("64", rate), 0.18, 0.40, most=False),
    Gate("processor time of a request, to bare", lambda seen: seen.ratio("64", cpu), 5.5, 2.5),
    Gate(
        "requests/s at 256, to 64",
        lambda seen: seen.median("256", "triforce", rate) / seen.median("64", "triforce", rate),
        0.7,
        0.9,
        most=False,
    ),
    Gate("added latency p50, to bare", lambda seen: seen.added("1", of("latency", "p50")), 3.5, 2.5),
    Gate("added latency p99, to bare", lambda seen: seen.added("1", of("latency", "p99")), 4, 3),
    Gate(
        "events a core, same dialect, to bare", lambda seen: seen.ratio("same", events_per_core), 0.5, 0.75, most=False
    ),
    Gate(
        "events a core, translated, to bare",
        lambda seen: (
            seen.median("translated", "triforce", events_per_core) / seen.median("same", "bare", events_per_core)
        ),
        0.08,
        0.2,
        most=False,
    ),
    Gate(
        "gap p99 of a paced stream, to none",
        lambda seen: seen.ratio("paced", of("gaps", "p99"), "provider"),
        1.15,
        1.05,
    ),
    Gate("added time to first event, to bare", lambda seen: seen.added("first", of("first", "p50")), 3, 2),
)
#: MiB.
IDLE_GATE, GROWTH_GATE = 110.0, 2.0


def measure(targets: dict[str, Target], rounds: int, seconds: float) -> Measured:
    """Every target in turn in each round, so that a slow minute of the machine meets all; the first round warms up."""
    measured = Measured()
    for number in range(rounds + 1):
        turn = Measured() if number == 0 else measured
        for target in targets.values() if number % 2 else reversed(targets.values()):
            _measure(target, turn, seconds)
    return measured


def _measure(target: Target, measured: Measured, seconds: float) -> None:
    direct = target.name == "provider"
    measured.add("1", target, target.load(CHAT, ASKED, connections=1, seconds=seconds))
    measured.add("first", target, target.load(CHAT, streamed("mock-20x1"), connections=1, requests=40))
    measured.add("paced", target, target.load(CHAT, streamed("mock-200x10"), connections=32, requests=32))
    if direct:
        return
    for connections in (64, 256):
        measured.add(str(connections), target, target.load(CHAT, ASKED, connections=connections, seconds=seconds))
    measured.add("same", target, target.load(CHAT, streamed("mock-200x0"), connections=32, seconds=seconds))
    if target.name == "triforce":
        seen = target.load(MESSAGES, streamed("mock-200x0"), connections=32, seconds=seconds)
        measured.add("translated", target, seen)


def memory(target: Target, requests: int) -> tuple[float, float]:
    """MiB after `requests`, and how much more after as many again."""
    target.load(CHAT, ASKED, connections=16, requests=requests)
    before = target.resident_mib()
    target.load(CHAT, ASKED, connections=16, requests=requests)
    return before, target.resident_mib() - before


def report(measured: Measured) -> tuple[list[list[str]], list[str]]:
    """The table's rows, and the names of the gates that are missed."""
    rows: list[list[str]] = []
    missed: list[str] = []
    for gate in GATES:
        value = gate.figure(measured)
        rows.append([gate.name, f"{value:.2f}", f"{gate.gate:g}", f"{gate.aim:g}"])
        missed += [gate.name] if gate.missed(value) else []
    return rows, missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="of each load")
    parser.add_argument("--requests", type=int, default=10_000, help="between two looks at the memory")
    parser.add_argument("--redis", action="store_true", help="have limits counted in a Redis, as several daemons do")
    parser.add_argument("--keep", action="store_true", help="write the table to benchmarks/results/")
    chosen = parser.parse_args()
    busy = os.getloadavg()[0]
    with running(redis=chosen.redis) as targets:
        idle = targets["triforce"].resident_mib()
        measured = measure(targets, chosen.rounds, chosen.seconds)
        after, growth = memory(targets["triforce"], chosen.requests)
    rows, missed = report(measured)
    rows.append(["MiB when idle", f"{idle:.0f}", f"{IDLE_GATE:g}", "95"])
    rows.append([f"MiB more for {chosen.requests:,} requests", f"{growth:.2f}", f"{GROWTH_GATE:g}", "0.5"])
    missed += ["MiB when idle"] if idle > IDLE_GATE else []
    missed += ["MiB more"] if growth > GROWTH_GATE else []
    text = table(["", "measured", "gate", "aim"], rows)
    own = f"{measured.median('64', 'triforce', cpu):.0f} µs of processor time a request, {after:.0f} MiB under load"
    own += f"; the machine's load was {busy:.1f} before (0 is quiet: then figures are worth keeping)"
    print(machine(), text, own, sep="\n\n")
    if chosen.keep:
        what = (
            f"{chosen.rounds} rounds in turn, {chosen.seconds:g} s each, medians; HTTP with the token of an account, "
        )
        what += f"its limits counted {'in Redis' if chosen.redis else 'in memory'}, ledger, audit and log on."
        name = "gateway-redis" if chosen.redis else "gateway"
        keep(name, "Through the daemon and through a bare proxy", f"{what}\n\n{text}\n\n{own}")
    if missed:
        print(f"\nMissed: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
