"""Rows and segments as they are found again."""

import pytest

from tests.triforce_daemon.stores.audit.chains import House
from triforce_daemon.stores.audit.rows import Filter


@pytest.fixture
async def written(house: House) -> House:
    for kind, caller, request in [("request", "anna", "0197-a"), ("request", "ben", "0197-b"), ("login", "anna", None)]:
        row = await house.trail.row(kind, {"of": caller}, caller=caller, request=request)
        await house.database.write(row)
        house.clock.ms += 1
    return house


async def numbers(house: House, limit: int = 10, **wanted: object) -> list[int]:
    return [row["number"] for row in await house.store.newest(Filter(**wanted), limit)]  # type: ignore[arg-type]


async def test_the_newest_come_first_and_are_narrowed_down(written: House) -> None:
    anna = await written.names.account("anna", 0)
    assert await numbers(written) == [3, 2, 1]
    assert await numbers(written, 2) == [3, 2]
    assert await numbers(written, kind="request") == [2, 1]
    assert await numbers(written, people=[anna]) == [3, 1]
    assert await numbers(written, people=[]) == []
    assert await numbers(written, since=written.clock.ms - 1) == [3]
    assert await numbers(written, request="0197-b") == [2]


async def test_rows_are_found_by_what_stands_in_them_or_does_not(written: House) -> None:
    assert await numbers(written, holding=['"of":"anna"']) == [3, 1]
    assert await numbers(written, lacking=['"of":"anna"']) == [2]
    assert await numbers(written, holding=['"of":"a%"']) == []
    anna = await written.names.account("anna", 0)
    newest = await written.store.latest(Filter(), ['{"of":"anna"}'])
    assert newest == {anna: written.clock.ms - 1}


async def test_whom_it_was_done_to_is_found_as_well(written: House) -> None:
    await written.database.write(await written.trail.row("change", {}, caller="root", subject="anna"))
    anna = await written.names.account("anna", 0)
    assert await numbers(written, people=[anna]) == [4, 3, 1]


async def test_of_many_requests_those_of_somebody_are_found(written: House) -> None:
    anna = await written.names.account("anna", 0)
    assert anna is not None
    many = ["0197-a", "0197-b", *(f"0198-{number}" for number in range(1_100))]
    assert await written.store.asked_by(many, [anna]) == {"0197-a"}
    assert await written.store.asked_by(many, []) == await written.store.asked_by([], [anna]) == set()


async def test_requests_are_found_by_how_their_ids_begin(written: House) -> None:
    assert [row["request"] for row in await written.store.requests("0197", 10)] == ["0197-a", "0197-b"]
    assert [row["number"] for row in await written.store.requests("0197-b", 10)] == [2]
    assert await written.store.requests("0198", 10) == []


async def test_segments_are_found_by_their_rows_and_say_what_is_left_of_them(written: House) -> None:
    store, chain = written.store, written.chain.name
    assert await store.last_segment(chain) is None
    await written.keeper.close_full(all=True)
    await written.write()
    (kept,) = await store.segments(chain)
    rows = await written.rows()
    assert (kept.pruned, kept.kept) == ([], 3)
    assert await store.segment_of(rows[0]) == kept.segment == await store.last_segment(chain)
    assert await store.segment_of(rows[3]) is None
    await store.prune(kept, ["request"])
    (kept,) = await store.segments(chain, with_rows=True)
    assert (kept.pruned, kept.kept) == (["request"], 1)
    assert [row["number"] for row in await written.rows()] == [3, 4]
    await store.prune(kept, ["login"])
    assert await store.segments(chain, with_rows=True) == []
    assert len(await store.segments(chain)) == 1
    assert await store.chains() == [chain]


async def test_all_rows_come_some_at_a_time(written: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triforce_daemon.stores.audit.rows._PAGE", 2)
    assert [[row["number"] for row in page] async for page in written.store.all(written.chain.name)] == [[1, 2], [3]]
