"""Whatever somebody changes in a chain is found, at the first place where it was changed."""

from typing import cast

import pytest

from tests.triforce_daemon.stores.audit.chains import DAY, House
from triforce_daemon.stores.audit.chain import content, hash_of
from triforce_daemon.stores.audit.key import SigningKey
from triforce_daemon.stores.audit.segments import Segment, statement
from triforce_daemon.stores.audit.verification import Verification

#: Rows 1 to 4 and 5 to 8 are signed, row 9 and 10 are not.
ROWS = [("request", "anna"), ("login", "anna"), ("request", "ben"), ("change", "root")]


@pytest.fixture
async def written(house: House) -> House:
    for segment in range(2):
        for kind, caller in ROWS:
            await house.write(kind, caller, segment=segment)
        await house.keeper.close_full(all=True)
    for kind, caller in ROWS[:2]:
        await house.write(kind, caller)
    assert await house.verified() is None
    return house


SEGMENT_2 = "segment 2 (rows 5 to 8)"


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("UPDATE audit SET document = '{}' WHERE number = 2", "row 2"),
        ("UPDATE audit SET ts = ts + 1 WHERE number = 6", "row 6"),
        ("UPDATE audit SET kind = 'login' WHERE number = 9", "row 9"),
        ("UPDATE audit SET caller = NULL WHERE number = 10", "row 10"),
        ("UPDATE audit SET request = 'other' WHERE number = 5", "row 5"),
        ("UPDATE audit SET hash = before WHERE number = 3", "row 3"),
        ("DELETE FROM audit WHERE number = 3", "segment 1 (rows 1 to 4), row 3"),
        ("DELETE FROM audit WHERE number = 4", "segment 1 (rows 1 to 4)"),
        ("DELETE FROM audit WHERE number = 9", "row 9"),
        ("DELETE FROM audit WHERE number = 10", "row 10"),
        ("DELETE FROM audit WHERE number > 4", "row 9"),
        ("DELETE FROM audit WHERE kind = 'request' AND number < 9", "segment 1 (rows 1 to 4)"),
        ("UPDATE audit SET number = number + 100 WHERE number = 10", "row 110"),
        ("DELETE FROM audit_segments WHERE number = 1", "segment 1"),
        ("UPDATE audit_segments SET head = before WHERE number = 2", SEGMENT_2),
        ("UPDATE audit_segments SET kinds = replace(kinds, '\"login\"', '\"logins\"') WHERE number = 2", SEGMENT_2),
        ("UPDATE audit_segments SET signature = (SELECT signature FROM audit_segments WHERE number = 1)", SEGMENT_2),
        ("UPDATE audit_segments SET number = 1 WHERE number = 2", "segment 1"),
        ("UPDATE audit_names SET name = 'eve' WHERE name = 'anna'", "name"),
        ("DELETE FROM audit_names WHERE name = 'anna'", "name"),
    ],
)
async def test_what_was_changed_is_found(written: House, sql: str, place: str) -> None:
    if "SET number = 1" in sql:
        written.change("DELETE FROM audit_segments WHERE number = 1")
    assert written.change(sql) > 0
    found = await written.verified()
    assert found is not None and found.startswith(place)


@pytest.mark.parametrize(("first", "second"), [(1, 3), (2, 3), (6, 7), (9, 10)])
async def test_rows_that_changed_places_are_found(written: House, first: int, second: int) -> None:
    for moved, to in ((first, 99), (second, first), (99, second)):
        written.change("UPDATE audit SET number = ? WHERE number = ?", to, moved)
    assert (await written.verified() or "").endswith(f"row {first}")


async def test_segments_that_changed_places_are_found(written: House) -> None:
    for moved, to in ((1, 99), (2, 1), (99, 2)):
        written.change("UPDATE audit_segments SET number = ? WHERE number = ?", to, moved)
    assert (await written.verified() or "").startswith("segment 1 ")


async def test_a_row_put_in_between_is_found_though_its_hash_is_right(written: House) -> None:
    """Whoever knows how hashes are made, and has no key."""
    rows = await written.rows()
    forged = {**rows[1], "document": '{"forged":true}'}
    forged["hash"] = hash_of(forged["before"], 2, content(forged))
    written.change("UPDATE audit SET document = ?, hash = ? WHERE number = 2", forged["document"], forged["hash"])
    assert await written.verified() == "row 3"
    before = forged["hash"]
    for row in rows[2:]:
        hash = hash_of(before, row["number"], content(row))
        written.change("UPDATE audit SET before = ?, hash = ? WHERE number = ?", before, hash, row["number"])
        before = hash
    # All of it is made anew, and the signature of the first segment says otherwise.
    assert (await written.verified() or "").startswith("segment 1 ")


async def test_a_tail_that_was_made_anew_is_not_signed_and_is_found(written: House) -> None:
    rows = await written.rows()
    forged = {**rows[9], "document": '{"forged":true}'}
    hash = hash_of(forged["before"], 10, content(forged))
    written.change("UPDATE audit SET document = ?, hash = ? WHERE number = 10", forged["document"], hash)
    assert await written.verified() == "row 10"
    await written.write()
    await written.keeper.close_full(all=True)
    assert await written.verified() == "row 11"


async def test_a_segment_signed_with_another_key_is_found(written: House) -> None:
    other = SigningKey(b"\x08" * 32, "elsewhere")
    segment = {**(await written.segments())[-1], "key": other.public}
    signature = other.sign(statement(cast(Segment, segment)))
    sql = "UPDATE audit_segments SET key = ?, signature = ? WHERE number = 2"
    written.change(sql, other.public, signature)
    assert (await written.verified() or "").startswith(SEGMENT_2)


async def test_kinds_are_pruned_each_in_its_time_and_the_rest_still_verifies(written: House) -> None:
    await written.keeper.close_full(all=True)
    written.clock.ms += 2 * DAY
    await written.keeper.prune()
    assert [row["kind"] for row in await written.rows()] == [*["login", "change"] * 2, "login", "audit"]
    assert await written.verified() is None
    written.clock.ms += 2 * DAY
    await written.keeper.prune()
    assert [row["kind"] for row in await written.rows()] == [*["change"] * 2, "audit", "audit"]
    assert await written.verified() is None
    # Nothing is left to do, and nothing is written of that.
    await written.keeper.prune()
    assert len(await written.rows()) == 4


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM audit WHERE number = 4",
        "DELETE FROM audit WHERE kind = 'change'",
        "DELETE FROM audit WHERE kind = 'login' AND number < 5",
        "UPDATE audit SET document = '{}' WHERE number = 8",
        "DELETE FROM audit_segments WHERE number = 1",
        "DELETE FROM audit WHERE kind = 'audit'",
        """UPDATE audit SET document = replace(document, '"request":', '"change":') WHERE kind = 'audit'""",
    ],
)
async def test_what_goes_beyond_pruning_is_found(written: House, sql: str) -> None:
    await written.keeper.close_full(all=True)
    written.clock.ms += 2 * DAY
    await written.keeper.prune()
    assert await written.verified() is None
    assert written.change(sql) > 0
    assert await written.verified() is not None


async def test_who_was_erased_is_nobody_and_the_chain_stays_whole(written: House) -> None:
    digests = list(await written.names.of_account("anna"))
    row = await written.trail.row("audit", {"what": "erased", "erased": digests}, caller="root")
    await written.database.write(row, *written.names.erase("anna", digests))
    assert await written.verified() is None
    kept = [*await written.rows(), *(await written.names.of_chain(written.chain.name)).values()]
    assert "anna" not in str(kept)
    # Who was erased is not known again by what he still has under way.
    await written.write(caller="anna")
    assert (await written.rows())[-1]["caller"] is None


async def test_another_daemons_chain_in_the_same_database_is_its_own(written: House) -> None:
    other = House(written.database, seed=b"\x09" * 32)
    await other.write()
    assert other.chain.name != written.chain.name
    assert await other.verified() is None
    seen = Verification(other.chain.name)
    await written.keeper.verify(seen)
    assert seen.rows == 1
    written.change("UPDATE audit SET document = '[]' WHERE chain = ?", other.chain.name)
    assert (await written.verified(), await other.verified()) == (None, "row 1")
