"""Vectors come in the background, and a model that fails is no reason to lose anything."""

import asyncio
import os
import sys
from typing import Any

import pytest

from tests.triforce_daemon.services.memory_house import ANNA, MemoryHouse, memory_house
from triforce_daemon.children.embedder import Embedder
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services import memory_vectors
from triforce_daemon.services.memory_vectors import MemoryVectors, nearest


async def test_what_is_new_gets_its_vector_by_and_by(folder: str) -> None:
    async with memory_house(folder, embeddings=True) as house:
        filling = asyncio.create_task(house.vectors.fill())
        try:
            for n in range(10):
                await house.add(f"entry {n}")
            async with asyncio.timeout(30):
                while (await house.counts.stats(ANNA))["vectors"] != {
                    "model": memory_vectors.MODEL, "ready": 10, "missing": 0,
                }:  # fmt: skip
                    await asyncio.sleep(0.02)
        finally:
            filling.cancel()


async def test_where_there_is_no_model_nothing_is_done(folder: str) -> None:
    async with memory_house(folder) as house:
        await house.add("x")
        await asyncio.wait_for(house.vectors.fill(), 1)
        assert (await house.counts.stats(ANNA))["vectors"] is None


async def test_a_model_that_fails_is_asked_again(folder: str, caplog: pytest.LogCaptureFixture) -> None:
    async with memory_house(folder) as house:
        tasks, failing = Tasks(), [sys.executable, "-c", "raise SystemExit('no AVX2 here')"]
        embedder = Embedder(os.environ, tasks, program=failing)
        vectors = MemoryVectors(house.database, embedder, house.clock)
        await house.add("x")
        rounds = asyncio.create_task(vectors.fill())
        async with asyncio.timeout(30):
            while len(house.clock.slept) < 2:
                await asyncio.sleep(0.01)
        rounds.cancel()
        result = await MemoryHouse(house.database, embedder).searching.find(ANNA, {"query": "x"})
        assert (result["mode"], len(result["items"])) == ("text", 1)
        assert result["remark"] is not None and "no AVX2 here" in result["remark"]
        await embedder.close()
        await tasks.stop()


def test_the_nearest_come_first() -> None:
    numpy: Any = pytest.importorskip("numpy")

    def packed(*numbers: float) -> bytes:
        return numpy.array(numbers, "<f2").tobytes()

    rows = [(7, packed(0, 1)), (8, packed(1, 0)), (9, packed(0.6, 0.8))]
    assert list(nearest(rows, packed(1, 0), 2).items()) == [(8, 1.0), (9, pytest.approx(0.6, abs=0.001))]
