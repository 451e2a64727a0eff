"""What it costs to start `triforce`, as a multiple of what it costs to start Python. Exit status 1: over a gate.

python -m benchmarks.cli [--rounds N] [--keep]
"""

import argparse
import statistics
import subprocess
import sys
import time

from benchmarks.daemon import TRIFORCE, running_daemon
from benchmarks.report import keep, machine, spread, table

BARE = [sys.executable, "-c", "pass"]
#: What is measured, and how many times bare Python it may cost.
GATES = {
    "triforce --version": ([TRIFORCE, "--version"], 1.5),
    "triforce status --json": ([TRIFORCE, "status", "--json"], 10.0),
}


def milliseconds(command: list[str], environ: dict[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begun) * 1_000


def measure(rounds: int, environ: dict[str, str]) -> dict[str, list[float]]:
    """Every command once a round, each time in another order, so that a busy moment of the machine meets them all."""
    commands = {"python -c pass": BARE, **{name: command for name, (command, _) in GATES.items()}}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        names = list(commands)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            times[name].append(milliseconds(commands[name], environ))
    # The first round warms the caches.
    return {name: values[1:] for name, values in times.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--keep", action="store_true", help="write the table to benchmarks/results/cli.md")
    chosen = parser.parse_args()
    with running_daemon() as environ:
        times = measure(chosen.rounds, environ)
    bare = times.pop("python -c pass")
    rows = [["python -c pass", *spread(bare, 1), "", "", "", ""]]
    over: list[str] = []
    for name, values in times.items():
        # Pairs of the same round.
        ratios = [value / base for value, base in zip(values, bare, strict=True)]
        gate = GATES[name][1]
        rows.append([name, *spread(values, 1), *spread(ratios, 2), f"{gate:g}"])
        over += [name] if statistics.median(ratios) > gate else []
    text = table(["command", "min ms", "median", "max", "min x", "median", "max", "gate"], rows)
    print(machine(), text, sep="\n\n")
    if chosen.keep:
        keep("cli", "Start-up against bare Python", f"{chosen.rounds} rounds, ratios of the same round.\n\n{text}")
    if over:
        print(f"\nOver the gate: {', '.join(over)}", file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
