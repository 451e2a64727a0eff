"""Decisions as they are written down."""

from tests.triforce_daemon.stores import rows
from tests.triforce_daemon.stores.audit.chains import House
from triforce_daemon.runtime.logs import current_request
from triforce_daemon.stores.ledger import LedgerStore


async def test_a_decision_is_in_the_commit_of_what_was_decided(house: House) -> None:
    ledger = LedgerStore(house.database)
    row = await house.trail.row("request", {"model": "m"}, caller="anna", request="r1")
    await house.database.write(ledger.row(rows.entry("r1")), row)
    (kept,) = await house.rows()
    assert (kept["kind"], kept["request"], kept["document"], kept["ts"]) == (
        "request",
        "r1",
        '{"model":"m"}',
        house.clock.ms,
    )
    assert kept["caller"] == await house.names.account("anna", 0)


async def test_the_request_is_the_one_that_is_being_served(house: House) -> None:
    token = current_request.set("r7")
    try:
        await house.trail.record("change", {}, caller="root", subject="anna", address="192.0.2.1")
    finally:
        current_request.reset(token)
    await house.trail.record("daemon", {}, caller=None)
    first, second = await house.rows()
    assert (first["request"], second["request"], second["caller"]) == ("r7", None, None)
    names = await house.names.rows([str(first["subject"]), str(first["address"])])
    assert sorted(row["name"] for row in names.values()) == ["address/192.0.2.1", "anna"]
