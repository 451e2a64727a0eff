"""The rows of the providers' lists: one each, the newest."""

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.model_lists import ModelListRow, ModelListStore

GROQ = ModelListRow(provider="groq", models='[{"name":"ü"}]', gone="{}", fetched=5, failure=None)
OLLAMA = ModelListRow(provider="ollama", models="[]", gone='{"x":1}', fetched=None, failure='{"state":"down"}')


async def test_the_newest_takes_the_place_of_the_one_before(database: Database) -> None:
    store = ModelListStore(database)
    assert await store.all() == []
    await store.put({**GROQ, "failure": "{}", "fetched": None})
    await store.put(OLLAMA)
    await store.put(GROQ)
    assert sorted(await store.all(), key=lambda row: row["provider"]) == [GROQ, OLLAMA]
