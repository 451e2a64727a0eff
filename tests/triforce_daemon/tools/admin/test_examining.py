"""A call is explained and not made."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.tools.admin.test_looking import over_http, value


async def test_a_call_is_followed_to_the_function_that_would_serve_it(served: ServedDaemon) -> None:
    call = {"name": "list_models", "arguments": {"limit": 3}}
    trace = await value(served, "debug", method="tools/call", params=call)
    assert (trace["tool"], trace["alias"], trace["runs"]) == ("models", "list_models", True)
    assert trace["handler"] == "triforce_daemon.tools.core.looking.models"
    assert trace["decision"]["allowed"] and not trace["approval"]
    within = {"name": "tool_call", "arguments": {"name": "models", "arguments": {"limit": 3}}}
    inner = await value(served, "debug", method="tools/call", params=within)
    assert inner["parsed"] == {**trace["parsed"], "tool": "models"}


async def test_what_stands_in_the_way_is_told_and_nothing_is_run(served: ServedDaemon) -> None:
    trace = await value(served, "debug", method="code_exec", params={"code": 1, "lang": "python"})
    assert not trace["runs"] and len(trace["schema_errors"]) == 2
    assert "switched off" in trace["missing"]
    token = await served.token("admin")
    theirs = (await over_http(served, "debug", token, method="keys_remove", params={"provider": "groq"}))["value"]
    assert theirs["decision"]["allowed"] and theirs["approval"] and theirs["runs"]
    theirs = (await over_http(served, "debug", token, method="memory_store"))["value"]
    assert not theirs["decision"]["allowed"] and "scope" in theirs["decision"]["reason"]
    unknown = await value(served, "debug", method="calculat")
    assert unknown["tool"] is None and "calculate" in unknown["near"]
    for method, params in (
        ("tools/list", {}),
        ("tools/call", {"arguments": {}}),
        ("tools/call", {"name": "tool_call"}),
    ):
        assert (await run(served, "debug", method=method, params=params))["error"]["code"] == "invalid_arguments"
    called = [one["tool"] for one in (await value(served, "execution_log"))["calls"]]
    assert set(called) == {"debug"}
