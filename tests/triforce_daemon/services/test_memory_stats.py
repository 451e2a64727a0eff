"""How much is in memory."""

from tests.triforce_daemon.services.memory_house import ANNA, BEN, memory_house


async def test_what_there_is_is_counted(folder: str) -> None:
    async with memory_house(folder) as house:
        await house.add("abc", project="p", confidence=0.5)
        kept = await house.add("de", type="todo", confidence=1)
        await house.add("f", ttl_seconds=5)
        gone = await house.add("g")
        await house.edit(kept["id"], content="defg")
        await house.forgetting.clear(ANNA, {"ids": [gone["id"]], "dry_run": False})
        house.clock.moment += 6
        assert await house.counts.stats(ANNA) == {
            "schema": "triforce.memory.stats/1",
            "total": 2,
            "by_type": {"fact": 1, "todo": 1},
            "by_project": {"p": 1, "": 1},
            "avg_confidence": 0.75,
            "expired": 1,
            "forgotten": 1,
            "bytes": 10,
            "vectors": None,
        }
        assert (await house.counts.stats(ANNA, " p "))["total"] == 1
        empty = await house.counts.stats(BEN)
        assert (empty["total"], empty["avg_confidence"], empty["by_type"]) == (0, None, {})
