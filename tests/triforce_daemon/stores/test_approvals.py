"""Approvals as they are kept: one that is for one call is used up by whoever comes first, one that stands is not."""

from triforce_daemon.stores.approvals import ApprovalRow, ApprovalStore
from triforce_daemon.stores.database import Database


def row(id: str, **other: object) -> ApprovalRow:
    made = ApprovalRow(
        id=id, asker="token/t1", account="token/bot", name="token/bot", tool="burn", digest="d1", arguments="{}",
        state="pending", asked=100, expires=1_000, answered=None, answered_by=None, until=None,
    )  # fmt: skip
    return {**made, **other}  # type: ignore[typeddict-item]


async def test_an_answer_is_taken_once(database: Database) -> None:
    store = ApprovalStore(database)
    await store.insert(row("a1"))
    assert await store.pending("token/t1", "burn", "d1", 999)
    assert await store.pending("token/t1", "burn", "d1", 1_000) is None
    assert not await store.take("token/t1", "burn", "d1", 200)
    assert await store.answer("a1", "granted", "owner", 200, None)
    assert not await store.answer("a1", "denied", "owner", 200, None)
    assert not await store.take("token/t1", "burn", "d2", 300)
    assert not await store.take("token/t2", "burn", "d1", 300)
    assert await store.take("token/t1", "burn", "d1", 300)
    assert not await store.take("token/t1", "burn", "d1", 300)
    assert [(one["state"], one["answered_by"]) for one in await store.recent()] == [("used", "owner")]


async def test_one_that_stands_is_good_for_other_arguments_until_it_ends(database: Database) -> None:
    store = ApprovalStore(database)
    await store.insert(row("a1"))
    await store.answer("a1", "granted", "owner", 200, 5_000)
    assert await store.take("token/t1", "burn", "d2", 4_999)
    assert await store.take("token/t1", "burn", "d3", 4_999)
    assert not await store.take("token/t1", "burn", "d3", 5_000)
    assert await store.revoke("a1")
    assert not await store.take("token/t1", "burn", "d1", 300)


async def test_they_are_found_by_the_beginning_of_their_id(database: Database) -> None:
    store = ApprovalStore(database)
    for id in ("abc", "abd", "a%c"):
        await store.insert(row(id))
    assert {one["id"] for one in await store.starting("ab")} == {"abc", "abd"}
    assert [one["id"] for one in await store.starting("a%")] == ["a%c"]
