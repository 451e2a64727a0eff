"""The writer: who waits together is committed together, each pays for its own mistakes alone, and it finds back."""

import asyncio
import signal

import asyncpg
import pytest

from tests.postgresql import Postgresql
from triforce_daemon.errors import InvalidRequest, StorageFailed
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.database import RowRefused, Write
from triforce_daemon.stores.postgresql.address import Address
from triforce_daemon.stores.postgresql.connecting import connect
from triforce_daemon.stores.postgresql.writer import GROUP_LIMIT, Writer


def note(id: object, word: object = "x") -> Write:
    return Write("INSERT INTO notes VALUES ($1, $2) RETURNING id", {"id": id, "word": word})


async def kept(looker: asyncpg.Connection) -> list[int]:
    return [row[0] for row in await looker.fetch("SELECT id FROM notes ORDER BY id")]


async def transactions(looker: asyncpg.Connection) -> int:
    """In how many transactions the rows were written."""
    return await looker.fetchval("SELECT count(DISTINCT xmin::text) FROM notes")


async def test_what_was_committed_is_there_for_others(writer: Writer, looker: asyncpg.Connection) -> None:
    assert await writer.commit(note(1), note(2, "y")) == [[(1,)], [(2,)]]
    for number in range(3, 20):
        await writer.commit(note(number))
        assert (await kept(looker))[-1] == number
    assert await transactions(looker) == 18


async def test_who_waits_together_shares_a_commit(writer: Writer, looker: asyncpg.Connection) -> None:
    written = await asyncio.gather(*(writer.commit(note(number)) for number in range(100)))
    assert written == [[[(number,)]] for number in range(100)]
    assert await transactions(looker) <= 2


async def test_a_group_is_bounded(writer: Writer, looker: asyncpg.Connection) -> None:
    await asyncio.gather(*(writer.commit(note(number)) for number in range(2 * GROUP_LIMIT + 1)))
    assert 3 <= await transactions(looker) <= 4


async def test_a_job_is_written_wholly_or_not_at_all(writer: Writer, looker: asyncpg.Connection) -> None:
    await writer.commit(note(1))
    with pytest.raises(RowRefused):
        await writer.commit(note(2), note(3), note(1))
    assert await kept(looker) == [1]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (note(1), RowRefused),
        (note(50, None), RowRefused),
        (note(1 << 70), InvalidRequest),
        (note("fifty"), asyncpg.DataError),
        (note(50, "half \ud800"), InvalidRequest),
        (Write("INSERT INTO notes VALUES ($1, $2)", {"id": 50}), asyncpg.InterfaceError),
        (Write("INSERT INTO nowhere VALUES (1)", {}), StorageFailed),
        (Write("SELECT 1 / $1::int", {"by": 0}), asyncpg.DivisionByZeroError),
    ],
    ids=["duplicate", "null", "too large", "no number", "half a character", "missing value", "no table", "by zero"],
)
async def test_one_mistake_in_a_group_harms_only_its_own_job(
    writer: Writer, looker: asyncpg.Connection, wrong: Write, error: type[Exception]
) -> None:
    await writer.commit(note(1))
    jobs = [(note(2),), (note(3),), (note(60), wrong, note(61)), (note(4),), (note(5),)]
    outcomes = await asyncio.gather(*(writer.commit(*job) for job in jobs), return_exceptions=True)
    assert [isinstance(one, Exception) for one in outcomes] == [False, False, True, False, False]
    assert isinstance(outcomes[2], error)
    assert await kept(looker) == [1, 2, 3, 4, 5]
    await writer.commit(note(6))


async def test_who_gives_up_waiting_does_not_undo_anything(writer: Writer, looker: asyncpg.Connection) -> None:
    waiting = [asyncio.ensure_future(writer.commit(note(number))) for number in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await waiting[2]
    assert await kept(looker) == [0, 1, 2]


async def test_stop_writes_what_was_handed_in(notes: Address, looker: asyncpg.Connection) -> None:
    writer = Writer(lambda: connect(notes, 5), 5)
    writer.start(Tasks())
    waiting = [asyncio.ensure_future(writer.commit(note(number))) for number in range(600)]
    await asyncio.sleep(0)
    await writer.stop()
    await asyncio.gather(*waiting)
    assert await kept(looker) == list(range(600))
    with pytest.raises(StorageFailed, match="closed"):
        await writer.commit(note(1))


async def test_a_bug_does_not_end_the_writer(writer: Writer, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(AttributeError):
        await writer.commit("no write at all")  # pyright: ignore[reportArgumentType]
    assert caplog.records[0].exc_info
    assert await writer.commit(note(1)) == [[(1,)]]


async def test_a_connection_that_was_cut_is_made_anew(writer: Writer, looker: asyncpg.Connection) -> None:
    await writer.commit(note(1))
    await looker.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await writer.commit(note(2))
    assert await kept(looker) == [1, 2]


async def test_a_collision_is_tried_again(writer: Writer, looker: asyncpg.Connection) -> None:
    """Of two who wait for each other PostgreSQL sends one away."""
    await writer.commit(note(1), note(2))
    await looker.execute("SET deadlock_timeout = '10min'; BEGIN; UPDATE notes SET word = 'theirs' WHERE id = 2")
    both = asyncio.ensure_future(
        writer.commit(
            Write("UPDATE notes SET word = 'ours' WHERE id = $1", {"id": 1}),
            Write("UPDATE notes SET word = 'ours' WHERE id = $1", {"id": 2}),
        )
    )
    while not await looker.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
        await asyncio.sleep(0.01)
    await looker.execute("UPDATE notes SET word = 'theirs' WHERE id = 1")
    await looker.execute("COMMIT")
    await both
    assert [row[0] for row in await looker.fetch("SELECT word FROM notes")] == ["ours", "ours"]


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGQUIT], ids=["in order", "as a crash"])
async def test_what_was_acknowledged_outlives_the_server(
    frail: Postgresql, notes: Address, writer: Writer, end: signal.Signals
) -> None:
    """Written without pause while it dies and comes back: nothing that was said to be there is missing or double."""
    acknowledged: list[int] = []
    failures: list[StorageFailed] = []

    async def write(first: int) -> None:
        for number in range(first, 1_000_000, 4):
            try:
                await writer.commit(note(number))
                acknowledged.append(number)
            except StorageFailed as error:
                failures.append(error)

    writing = [asyncio.ensure_future(write(first)) for first in range(4)]
    await asyncio.sleep(0.2)
    await asyncio.to_thread(frail.stop, end)
    before = len(acknowledged)
    await asyncio.to_thread(frail.start)
    while len(acknowledged) < before + 20:
        await asyncio.sleep(0.01)
    for one in writing:
        one.cancel()
    await asyncio.gather(*writing, return_exceptions=True)
    connection = await connect(notes, 5)
    there = set(await kept(connection))
    await connection.close()
    assert set(acknowledged) <= there
    # At most those whose COMMIT was under way when it died.
    assert len(failures) <= 4
    assert all(failure.hint for failure in failures)


async def test_a_server_that_stays_away_is_told_in_time(frail: Postgresql, notes: Address) -> None:
    writer = Writer(lambda: connect(notes, 1.5), 1.5)
    writer.start(Tasks())
    await writer.commit(note(1))
    frail.stop()
    begin = asyncio.get_running_loop().time()
    failures = await asyncio.gather(*(writer.commit(note(n)) for n in range(2, 5)), return_exceptions=True)
    assert 1 < asyncio.get_running_loop().time() - begin < 8
    for failure in failures:
        assert isinstance(failure, StorageFailed)
        assert failure.hint == "Start PostgreSQL, or check database.url; the daemon finds it again by itself."
    frail.start()
    await writer.commit(note(9))
    await writer.stop()


async def test_a_server_that_hangs_is_given_up(frail: Postgresql, notes: Address) -> None:
    writer = Writer(lambda: connect(notes, 1.5), 1.5)
    writer.start(Tasks())
    await writer.commit(note(1))
    frail.pause()
    with pytest.raises(StorageFailed, match="did not answer in time"):
        await asyncio.wait_for(writer.commit(note(2)), 10)
    frail.resume()
    await writer.commit(note(3))
    await writer.stop()
