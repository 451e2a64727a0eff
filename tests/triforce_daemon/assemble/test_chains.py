"""Chains over a restart of their daemon."""

from tests.triforce_daemon.served_daemon import serve
from tests.triforce_daemon.services.chains.test_records import ROW
from triforce_daemon.services.chains.records import ChainRecords
from triforce_daemon.stores.chains import ChainStore


async def test_what_a_crash_left_open_is_interrupted_at_the_next_start(folder: str) -> None:
    async with serve(folder) as served:
        records = served.parts.get(ChainRecords)
        await records.store.insert({**ROW, "daemon": records.daemon})
        await records.store.insert({**ROW, "id": "d", "daemon": "elsewhere"})
    async with serve(folder) as served:
        rows = await ChainStore(served.database).page("anna", None, None)
        assert {row["id"]: row["status"] for row in rows} == {"c": "interrupted", "d": "running"}
