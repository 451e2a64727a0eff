"""Numbers that no column holds are the caller's mistake, in both databases."""

import pytest

from tests.triforce_daemon.stores.rows import session
from triforce_daemon.errors import InvalidRequest
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.sessions import SessionStore

HUGE = 1 << 70


async def test_they_are_refused_when_read_and_when_written(database: Database) -> None:
    store = SessionStore(database)
    with pytest.raises(InvalidRequest, match="too large"):
        await store.page("anna", limit=5, before=HUGE)
    with pytest.raises(InvalidRequest, match="too large"):
        await database.write(store.insert_session(**{**session("s1"), "updated": HUGE}))
    assert await store.page("anna", limit=5) == []
