"""What was used, added up."""

import pytest

from tests.scriptable_upstream.script import Script, Text, Usage
from tests.triforce_daemon.served_daemon import ServedDaemon


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("model", {"scripted/small": 2, "scripted/large": 1}),
        ("provider", {"scripted": 3}),
        ("session", None),
        ("client", None),
        ("day", None),
    ],
)
async def test_usage_is_added_up_by_each_key(served: ServedDaemon, by: str, keys: dict[str, int] | None) -> None:
    for model in ("small", "small", "large"):
        served.upstream.enqueue(Script((Text(("a",)),), usage=Usage(10, 5)))
        await served.turn(model=model)
    _, usage = await served.get("/v1/usage", by=by)
    if keys is not None:
        assert {item["key"]: item["requests"] for item in usage["items"]} == keys
    assert sum(item["requests"] for item in usage["items"]) == 3
    assert sum(item["tokens_in"] for item in usage["items"]) == 30
    assert sum(item["tokens_out"] for item in usage["items"]) == 15
    assert all((item["cost"], item["unpriced"]) == ("0", 0) for item in usage["items"])


async def test_usage_begins_where_one_says(served: ServedDaemon) -> None:
    await served.turn()
    _, usage = await served.get("/v1/usage", since="2999-01-01T00:00:00Z")
    assert usage["items"] == []


@pytest.mark.parametrize("query", [{"by": "colour"}, {"since": "soon"}])
async def test_a_question_that_makes_no_sense_is_a_400(served: ServedDaemon, query: dict[str, str]) -> None:
    status, body = await served.get("/v1/usage", **query)
    assert (status, body["error"]["code"]) == (400, "invalid_request")
    assert body["error"]["hint"]


async def test_today_is_on_the_status_page(served: ServedDaemon) -> None:
    await served.turn()
    _, status = await served.get("/v1/status")
    assert status["usage"] == {"requests": 1, "tokens_in": 3, "tokens_out": 2, "errors": 0}
