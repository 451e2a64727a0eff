"""Which models would do, and why the others would not."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_a_route_is_suggested_and_nothing_is_sent(served: ServedDaemon) -> None:
    before = len(served.upstream.records)
    value = (await run(served, "model_route", message="Hi", max_cost="high"))["value"]
    names = {one["model"] for one in [*value["candidates"]]}
    assert f"{served.provider.name}/{served.provider.names[0]}" in names
    assert value["boundary"] == "any" and len(served.upstream.records) == before
    cheap = (await run(served, "model_route", message="Hi", max_cost="low"))["value"]
    assert any("nobody says" in one["reason"] for one in cheap["excluded"]) or cheap["candidates"]


async def test_what_a_token_may_not_ask_is_excluded(served: ServedDaemon) -> None:
    token = await served.token("tools", "inference", models=["nobody/*"])
    body = {"arguments": {"message": "Hi", "max_cost": "high"}}
    _, told = await served.over_http("POST", "/v1/tools/model_route/run", token, json=body)
    assert told["value"]["candidates"] == []
    assert {one["reason"] for one in told["value"]["excluded"]} >= {"your token does not name it"}
