"""What daemons that share a database have to agree on."""

from contextlib import suppress

from sqlalchemy import bindparam, delete, insert, select

from triforce_daemon.stores.database import Database, RowRefused
from triforce_daemon.stores.tables import agreements


class AgreementStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = database.prepared(lambda: insert(agreements))
        self._end = database.prepared(lambda: delete(agreements).where(agreements.c.name == bindparam("at")))

    async def reach(self, name: str, value: str, *, anew: bool = False) -> str:
        """What holds: `value`, where nobody came first; with `anew` in any case. Raises StorageFailed."""
        undone = (self._end(at=name),) if anew else ()
        with suppress(RowRefused):
            await self._database.write(*undone, self._insert(name=name, value=value))
        query = select(agreements.c.value).where(agreements.c.name == name)
        async with self._database.read() as connection:
            return (await connection.execute(query)).scalar_one()
