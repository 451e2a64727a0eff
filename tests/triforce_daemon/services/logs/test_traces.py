"""One request, followed."""

import orjson
import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.triforce_daemon.services.logs.writing import line, write
from tests.triforce_daemon.services.test_receipts import asked
from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import AmbiguousId, InvalidRequest, NotFound
from triforce_daemon.services.logs.traces import LogTraces, spans
from triforce_daemon.services.request_book import Asked
from triforce_daemon.stores.audit.chain import Row

OWNER = Caller("owner", "me")


async def test_a_request_with_its_lines_and_its_attempts(folder: str) -> None:
    async with serve(folder, log__file=f"{folder}/log") as served:
        anna, traces = await served.user("anna", tier="pro"), served.parts.get(LogTraces)
        id = await asked(served, anna["access_token"])
        write(folder, line("first", request_id=id), line("second", request_id=id), line("other", request_id="0197"))
        caller = Caller("user", "user/anna", user=anna["user"]["id"])
        found = await traces.show(caller, id[:30].upper())
        assert found.id == id
        assert [one["msg"] for one in found.entries] == ["first", "second", "POST /v1/chat/completions"]
        http, request, attempt = found.spans
        assert (http["kind"], http["parent"], http["status"]) == ("http", None, "200")
        assert (request["kind"], request["parent"], request["name"], request["status"]) == (
            "request",
            0,
            "scripted/small",
            "done",
        )
        assert (attempt["kind"], attempt["parent"], attempt["name"]) == ("attempt", 1, "scripted/small")
        stranger = Caller("user", "user/ben", user="2")
        with pytest.raises(NotFound):
            await traces.show(stranger, id)
        with pytest.raises(InvalidRequest):
            await traces.show(OWNER, "0197")


async def test_the_beginning_of_several_is_not_enough(served: ServedDaemon) -> None:
    token = await served.token("inference")
    ids = [await asked(served, token) for _ in range(2)]
    with pytest.raises(AmbiguousId, match="begin with"):
        await served.parts.get(LogTraces).show(OWNER, ids[0][:8])


def test_tools_stand_below_the_request_that_called_them() -> None:
    def row(kind: str, **document: object) -> Row:
        empty = dict.fromkeys(Row.__annotations__, "")
        return Row(**{**empty, "kind": kind, "ts": 5_000, "document": orjson.dumps(document).decode()})  # type: ignore[typeddict-item]

    book = [Asked(1_000, "r", "POST", "/v1/mcp", 200, 10.0, None, None)]
    tools = [row("tool", tool="calculate", ms=7), row("tool", tool="shell", ms=9, error="forbidden")]
    tree = spans(book, tools)
    assert [(one["parent"], one["name"], one["status"], one["error"]) for one in tree] == [
        (None, "POST /v1/mcp", "200", None),
        (0, "calculate", "done", None),
        (0, "shell", "failed", "forbidden"),
    ]
    assert tree[1]["started_at"] == "1970-01-01T00:00:04.993Z"
