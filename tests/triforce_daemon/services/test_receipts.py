"""Receipts: each finds his own, by the beginning of an id, and sees whether it still says what was written."""

import sqlite3
from contextlib import closing
from typing import Any

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.services.audit_keeper import Keeper


async def asked(served: ServedDaemon, token: str | None, stream: bool = False) -> str:
    """The id of a request that was answered."""
    ask = {"model": "scripted/small", "messages": [{"role": "user", "content": "hi"}], "stream": stream}
    async with served.http_client(token) as client, client.post("/v1/chat/completions", json=ask) as reply:
        await reply.read()
        assert reply.status == 200
        return reply.headers["x-triforce-request-id"]


async def test_the_receipt_of_a_request_is_found_by_its_id_or_its_beginning(served: ServedDaemon) -> None:
    token = (await served.user("anna", tier="pro"))["access_token"]
    id = await asked(served, token)
    status, receipt = await served.over_http("GET", f"/v1/receipts/{id}", token)
    assert status == 200, receipt
    assert (receipt["id"], receipt["caller"], receipt["asked"], receipt["model"]) == (
        id,
        "user/anna",
        "scripted/small",
        "scripted/small",
    )
    assert (receipt["tokens_in"], receipt["tokens_out"], receipt["cost"], receipt["state"]) == (3, 2, "0", "done")
    assert (receipt["listener"], receipt["tools"], receipt["approvals"], receipt["verified"]) == ("http", [], [], None)
    assert [one["model"] for one in receipt["route"]] == ["scripted/small"]
    for beginning in (id[:23], id.upper()):
        assert (await served.over_http("GET", f"/v1/receipts/{beginning}", token))[1]["id"] == id


async def test_each_finds_his_own_and_admins_find_all(served: ServedDaemon) -> None:
    anna, ben = [(await served.user(name))["access_token"] for name in ("anna", "ben")]
    admin = (await served.user("carla", role="admin"))["access_token"]
    id = await asked(served, anna)
    assert [(await served.over_http("GET", f"/v1/receipts/{id}", who))[0] for who in (anna, ben, admin)] == [
        200,
        404,
        200,
    ]
    assert (await served.get(f"/v1/receipts/{id}"))[0] == 200
    # Another one's request makes no beginning ambiguous, and does not show by that.
    await asked(served, ben)
    assert (await served.over_http("GET", f"/v1/receipts/{id[:8]}", anna))[0] == 200


async def test_a_beginning_of_several_is_refused_with_their_ids(served: ServedDaemon) -> None:
    ids = [await asked(served, await served.token("inference", name=name)) for name in ("a", "b")]
    status, reply = await served.get(f"/v1/receipts/{ids[0][:8]}")
    assert (status, reply["error"]["code"], reply["error"]["near"]) == (409, "ambiguous_id", ids)
    assert (await served.get("/v1/receipts/0197"))[0] == 400
    assert (await served.get("/v1/receipts/ffffffff-ffff"))[0] == 404


async def test_a_receipt_is_verified_down_to_its_signature(served: ServedDaemon) -> None:
    id = await asked(served, await served.token("inference"))

    async def verified() -> Any:
        _, receipt = await served.get(f"/v1/receipts/{id}", verify="true")
        return receipt["verified"], receipt["reason"]

    assert await verified() == (None, "The row is whole; its segment is signed within minutes.")
    await served.parts.get(Keeper).close_full(all=True)
    assert await verified() == (True, None)
    with closing(sqlite3.connect(served.database.name)) as connection, connection:
        connection.execute(
            "UPDATE audit SET document = replace(document, 'scripted/small', 'scripted/large') WHERE number > 1"
        )
    ok, reason = await verified()
    assert ok is False and reason.endswith("it was changed")


async def test_a_tools_receipt_names_the_tool_and_a_digest_of_what_was_passed(served: ServedDaemon) -> None:
    ask = {"arguments": {"expression": "21 * 2"}}
    _, result = await served.post("/v1/tools/calculate/run", ask)
    status, receipt = await served.get(f"/v1/receipts/{result['receipt']}")
    assert status == 200, receipt
    (tool,) = receipt["tools"]
    assert (tool["tool"], tool["error"], len(tool["arguments"])) == ("calculate", None, 64)
    assert (receipt["asked"], receipt["state"], receipt["tokens_in"]) == (None, "done", 0)
    assert "21 * 2" not in str(receipt)
    _, page = await served.get("/v1/audit", kind="tool")
    assert page["items"][0]["what"] == "called calculate"


async def test_a_turns_receipt_is_what_its_end_names(served: ServedDaemon) -> None:
    done = (await served.turn())[-1]
    _, receipt = await served.get(f"/v1/receipts/{done['receipt']}")
    assert (receipt["listener"], receipt["tokens_out"]) == ("socket", 2)
