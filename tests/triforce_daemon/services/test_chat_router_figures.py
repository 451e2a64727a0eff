"""Rows of the matrix of faults that are figures: measured in turn with and without, so that noise is on both sides."""

import asyncio

from tests.scriptable_upstream.black_hole import black_hole
from tests.triforce_daemon.gateway import Gateway, gateway


async def seconds_of_others(gate: Gateway, times: int) -> list[float]:
    return [(await gate.chat("mistral/m", stream=False)).seconds for _ in range(times)]


async def test_row_4_other_models_are_as_fast_as_without_it(folder: str) -> None:
    """The two are measured in turn, so that what else the machine does slows down both. Noise may make one of several
    comparisons come out badly; a daemon that waits for the black hole makes all of them do so."""
    with black_hole() as port:
        elsewhere = {"groq": f"http://127.0.0.1:{port}/v1"}
        flags = {"routing__breaker_failures": "1000", "routing__retries": "0"}
        async with gateway(folder, elsewhere=elsewhere, **flags) as gate:
            await seconds_of_others(gate, 50)
            ratios: list[float] = []
            while not ratios or (min(ratios) > 1.05 and len(ratios) < 8):
                found: dict[bool, list[float]] = {True: [], False: []}
                for lost in (False, True) * 8:
                    asking = [asyncio.create_task(gate.chat()) for _ in range(4 if lost else 0)]
                    await asyncio.sleep(0.02)
                    found[lost] += await seconds_of_others(gate, 25)
                    for task in asking:
                        task.cancel()
                    await asyncio.gather(*asking, return_exceptions=True)
                    await asyncio.sleep(0.02)
                with_it, without = (sorted(found[lost])[-2] for lost in (True, False))
                ratios.append(with_it / without)
            assert min(ratios) <= 1.05, ratios


async def p99_and_extra(gate: Gateway, hedge: bool, times: int) -> tuple[float, float]:
    """Of so many requests, the time within which 99 of 100 had begun, and which share more was sent than asked for."""
    await gate.served.call("PUT", "/v1/config/routing.hedge", json={"value": hedge})
    before = len(gate.upstream.records)
    line = asyncio.Semaphore(4)

    async def ask() -> float:
        async with line:
            return (await gate.chat("two")).moments[0]

    took = sorted(await asyncio.gather(*(ask() for _ in range(times))))
    return took[int(0.99 * times)], (len(gate.upstream.records) - before) / times - 1


async def test_row_17_the_slowest_answers_come_sooner_for_five_percent_more(folder: str) -> None:
    times = 200
    async with gateway(folder, aliases__two__models="groq/m,mistral/second") as gate:
        gate.upstream.script("m", None, "3%: first=400ms; first=10ms")
        gate.upstream.script("second", None, "first=10ms")
        await p99_and_extra(gate, False, 64)
        for _ in range(6):
            slow, none = await p99_and_extra(gate, False, times)
            fast, extra = await p99_and_extra(gate, True, times)
            assert (slow >= 0.4, none) == (True, 0)
            assert extra <= 0.05
            if fast < slow / 2:
                break
        assert fast < slow / 2
        await gate.upstream.until(lambda: all(asked.ended for asked in gate.upstream.records))
        rows = await gate.ledger()
        # Every request that was sent has its row; the slower of two says that it was stopped, and what it had cost.
        stopped = [row for row in rows if row["state"] == "interrupted"]
        hung_up = [asked for asked in gate.upstream.records if asked.ended == "hung up"]
        assert len(gate.upstream.records) - len(hung_up) == len(rows) - len(stopped)
        assert 0 < len(hung_up) <= len(stopped)
        assert len([row for row in stopped if row["tokens_in"]]) <= len(hung_up)
