"""The tools that read the log, through the daemon."""

from collections.abc import AsyncIterator

import pytest

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.triforce_daemon.services.logs.writing import line, write


@pytest.fixture
async def logging(folder: str) -> AsyncIterator[ServedDaemon]:
    async with serve(folder, log__file=f"{folder}/log") as served:
        yield served


async def test_the_log_is_read_by_category_level_and_words(logging: ServedDaemon, folder: str) -> None:
    write(folder, line("one"), line("two", level="error", unit="services.memory"), line("three", level="debug"))
    assert [one["msg"] for one in (await run(logging, "logs"))["value"]["entries"]] == ["two", "one"]
    memory = (await run(logging, "logs", category="memory"))["value"]
    assert (memory["count"], memory["entries"][0]["category"], memory["truncated"]) == (1, "memory", False)
    assert (await run(logging, "logs", query="THREE", level="debug"))["value"]["count"] == 1
    assert (await run(logging, "logs", since="2026-03-02", category="system"))["value"]["count"] == 0
    assert (await run(logging, "logs", since="yesterday"))["error"]["code"] == "invalid_request"


async def test_errors_are_grouped(logging: ServedDaemon, folder: str) -> None:
    write(folder, *(line("the disk is full", level="error") for _ in range(3)), line("fine"))
    (found,) = (await run(logging, "logs_errors"))["value"]["errors"]
    assert (found["msg"], found["count"]) == ("the disk is full", 3)
    assert (await run(logging, "logs_errors", since="2026-03-02"))["value"]["errors"] == []


async def test_requests_are_listed_counted_and_followed(logging: ServedDaemon) -> None:
    await logging.get("/v1/status")
    await logging.get("/v1/nothing")
    found = (await run(logging, "logs_api", path="/v1/nothing", min_status=400))["value"]["requests"]
    assert [(one["status"], one["method"]) for one in found] == [(404, "GET")]
    stats = (await run(logging, "logs_stats"))["value"]
    assert stats["requests"] >= 3 and stats["p99"] >= stats["p50"] > 0 and stats["error_rate"] == 0
    called = await run(logging, "calculate", expression="1 + 1")
    trace = (await run(logging, "logs_trace", trace_id=called["receipt"]))["value"]
    assert [one["kind"] for one in trace["spans"]] == ["http", "tool"]
    assert trace["entries"][0]["msg"] == "POST /v1/tools/calculate/run"


async def test_the_lines_of_an_agent(logging: ServedDaemon, folder: str) -> None:
    refused = (await run(logging, "logs_agent", agent="claude"))["error"]
    assert refused["code"] == "agent_not_found" and refused["hint"]
    write(folder, line("started", unit="services.agents", agent="claude"), line("x", unit="services.agents", agent="b"))
    assert (await run(logging, "logs_agent", agent="claude"))["value"]["lines"] == [
        "2026-03-01T12:00:01.000Z info started"
    ]


async def test_who_is_no_admin_reads_his_own_and_nothing_that_is_for_admins(logging: ServedDaemon, folder: str) -> None:
    write(folder, line("of nobody"), line("started", unit="services.agents", agent="claude"))
    anna = (await logging.user("anna", tier="pro"))["access_token"]

    async def by_anna(tool: str, **arguments: object) -> dict:
        return (await logging.over_http("POST", f"/v1/tools/{tool}/run", anna, json={"arguments": arguments}))[1]

    await by_anna("whoami")
    own = (await by_anna("logs", level="debug"))["value"]["entries"]
    assert own and {one["more"]["client"] for one in own} == {"user/anna"}
    assert (await by_anna("logs_stats"))["value"]["requests"] == 2
    assert (await by_anna("logs_agent", agent="claude"))["error"]["code"] == "agent_not_found"
    for tool in ("logs_errors", "logs_api"):
        assert (await by_anna(tool))["error"]["code"] == "forbidden"
    free = (await logging.user("ben"))["access_token"]
    _, reply = await logging.over_http("POST", "/v1/tools/logs/run", free, json={"arguments": {}})
    assert reply["error"]["code"] == "tier_too_low"
    assert (await logging.over_http("GET", "/v1/logs", anna))[0] == 403


async def test_the_route_says_where_the_file_is(logging: ServedDaemon, folder: str) -> None:
    write(folder, line("one", request_id="0197a3f2"), line("two"))
    _, page = await logging.get("/v1/logs", request="0197")
    assert page["file"] == f"{folder}/log" and page["items"][-1]["msg"] == "one"
    _, page = await logging.get("/v1/logs", category="system", query="tw", since="2026-03-01")
    assert [one["msg"] for one in page["items"]] == ["two"]
