"""What a crash left open is closed before anybody is served."""

from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.stores.sessions import SessionStore


async def test_an_open_turn_is_interrupted_at_the_next_start(folder: str) -> None:
    async with serve(folder) as first:
        done = (await first.turn())[-1]
        row = {"input": "i", "output": "", "state": "running", "model": "m"}
        await first.database.write(*SessionStore(first.database).finish_turn(done["session"], 1, row, 0))
    async with serve(folder) as second:
        assert await state(second, done["session"]) == "interrupted"


async def state(served: ServedDaemon, session: str) -> str:
    _, shown = await served.get(f"/v1/sessions/{session}")
    return shown["history"][0]["state"]
