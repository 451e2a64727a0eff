"""The gateway's benchmark runs, and its gates can be missed."""

from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks import gateway
from benchmarks.gateway import ASKED, CHAT, GATES, MESSAGES, Measured, memory, report, streamed
from benchmarks.report import machine
from benchmarks.targets import Target, running

#: Row 23: what the daemon may add to the provider's own time, in microseconds.
P50, P99 = 2_000, 10_000


@pytest.fixture(scope="module")
def targets() -> Iterator[dict[str, Target]]:
    with running() as found:
        yield found


def test_each_target_answers_what_is_measured(targets: dict[str, Target]) -> None:
    for target in targets.values():
        whole = target.load(CHAT, ASKED, connections=2, requests=20)
        assert (whole["requests"], whole["refused"]) == (20, 0)
        stream = target.load(CHAT, streamed("mock-20x1"), connections=1, requests=2)
        assert stream["events"] >= 40
    translated = targets["triforce"].load(MESSAGES, streamed("mock-20x1"), connections=1, requests=2)
    assert translated["events"] >= 40


@pytest.mark.long
@pytest.mark.timeout(300)
def test_memory_does_not_grow_with_the_requests(targets: dict[str, Target], in_full: bool) -> None:
    warm, requests, most = (20_000, 10_000, 1.0) if in_full else (3_000, 1_500, 3.0)
    daemon = targets["triforce"]
    daemon.load(CHAT, ASKED, connections=16, requests=warm - requests)
    _, growth = memory(daemon, requests)
    # MiB. What grows at first are the caches of SQLite and of the allocator.
    assert growth < most


@pytest.mark.long
@pytest.mark.timeout(300)
def test_row_23_a_thousand_requests_a_second_wait_little(targets: dict[str, Target], in_full: bool) -> None:
    """Of several rounds the best one counts: what the machine does besides makes all that is measured worse."""
    # A machine that runs other tests as well has no room for a thousand, and lets a few wait for their turn.
    rate, seconds, rounds, slowest = (1_000, 10, 5, P99) if in_full else (200, 1, 8, 5 * P99)
    found: list[tuple[float, float]] = []
    for _ in range(rounds):
        through, straight = (
            targets[name].load(CHAT, ASKED, connections=128, rate=rate, seconds=seconds)
            for name in ("triforce", "provider")
        )
        assert through["requests"] > 0.9 * rate * seconds
        p50, p99 = (through["latency"][at] - straight["latency"][at] for at in ("p50", "p99"))
        found.append((p50, p99))
        print(f"p50 {p50:.0f} µs, p99 {p99:.0f} µs, {through['cpu']:.0f} µs of the processor, {machine()}")
        if p50 <= P50 and p99 <= slowest:
            return
    raise AssertionError(f"p50 and p99 in each round, in microseconds: {found}; {machine()}")


def one(figure: float) -> dict[str, Any]:
    times = {"p50": figure, "p99": figure}
    return {
        "requests": 100,
        "seconds": 1,
        "events": 100,
        "cpu": figure,
        "latency": times,
        "first": times,
        "gaps": times,
    }


def measured(ours: float) -> Measured:
    found = Measured()
    for what in ("1", "first", "paced", "64", "256", "same", "translated"):
        for name, figure in (("provider", 5.0), ("bare", 10.0), ("triforce", ours)):
            found.add(what, Target(name, 0, "", 0), one(figure))
    return found


def test_a_gate_is_kept_or_missed() -> None:
    rows, missed = report(measured(5.5))
    assert len(rows) == len(GATES)
    assert missed == []
    _, missed = report(measured(400))
    assert {gate.name for gate in GATES} - set(missed) == {"requests/s at 64, to bare", "requests/s at 256, to 64"}


def test_only_what_was_measured_together_is_compared() -> None:
    found = measured(20)
    assert found.ratio("64", gateway.cpu) == 2
    assert found.added("1", gateway.of("latency", "p50")) == 3
