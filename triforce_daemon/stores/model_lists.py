"""The lists of models as the providers gave them last: a row each."""

from typing import TypedDict, cast

from sqlalchemy import select

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.tables import model_lists


class ModelListRow(TypedDict):
    """`models`, `gone` and `failure` are JSON."""

    provider: str
    models: str
    gone: str
    fetched: int | None
    failure: str | None


class ModelListStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = database.upsert(model_lists, ["provider"], ["models", "gone", "fetched", "failure"])

    async def all(self) -> list[ModelListRow]:
        """Raises StorageFailed."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(model_lists))).mappings().all()
        return [cast(ModelListRow, dict(row)) for row in rows]

    async def put(self, row: ModelListRow) -> None:
        """Keep the row in the place of the one before. Raises StorageFailed."""
        await self._database.write(self._put(**row))
