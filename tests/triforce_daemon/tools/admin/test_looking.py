"""What an admin looks at, through the daemon: how it is, who uses it, what was called."""

import json
import socket
from typing import Any

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.configuration import sources
from triforce_daemon.services.settings_desk import SettingsDesk


async def value(served: ServedDaemon, tool: str, /, **arguments: object) -> dict[str, Any]:
    result = await run(served, tool, **arguments)
    assert result["error"] is None, result
    return result["value"]


async def over_http(served: ServedDaemon, tool: str, token: str, /, **arguments: object) -> dict[str, Any]:
    """The whole result, as the holder of `token` gets it."""
    return (await served.over_http("POST", f"/v1/tools/{tool}/run", token, json={"arguments": arguments}))[1]


async def test_the_status_is_short_unless_more_is_asked_for(served: ServedDaemon) -> None:
    short = await value(served, "status")
    assert (short["state"], short["node"], short["managed_by"]) == ("ready", socket.gethostname(), "shell")
    assert short["providers"][0]["name"] == "scripted" and short["details"] is None and 0 <= short["uptime"] < 60
    full = (await value(served, "status", detail="full"))["details"]
    assert 10 << 20 < full["memory"]["daemon_bytes"] < full["memory"]["total_bytes"]
    assert 0 < full["disk"]["free_bytes"] <= full["disk"]["total_bytes"]
    waiting = {"jobs_running": 0, "jobs_queued": 0, "approvals_pending": 0, "answers": 1}
    assert full["queue"] == waiting and full["engines"] == []
    await run(served, "keys_remove", provider="groq")
    token = await served.token("tools:write", "tools", "admin")
    await over_http(served, "keys_remove", token, provider="groq")
    assert (await value(served, "status", detail="full"))["details"]["queue"]["approvals_pending"] == 2
    anna = (await served.user())["access_token"]
    theirs = (await over_http(served, "status", anna, detail="full"))["value"]["details"]
    assert theirs["queue"]["approvals_pending"] == 0


async def test_settings_are_shown_with_where_they_come_from(folder: str) -> None:
    async with serve(folder) as served:
        desk = served.parts.get(SettingsDesk)
        flags = {"http.enabled": "true", "redis.url": "redis://:hunter2secret@127.0.0.1:1/0"}
        desk.configuration = sources.load(desk.configuration.file, {}, flags)
        shown = await value(served, "config")
        found = {one["key"]: one for one in shown["settings"]}
        assert (found["http.enabled"]["value"], found["http.enabled"]["source"]) == (True, "flag")
        assert found["redis.url"]["value"] == "redis://…@127.0.0.1:1/0"
        assert "builtin.context" not in found and "hunter2secret" not in json.dumps(shown)
        assert [one["value"] for one in (await value(served, "config", key="builtin.context"))["settings"]] == [4096]
        section = (await value(served, "config", key="builtin"))["settings"]
        assert {one["key"].split(".")[0] for one in section} == {"builtin"} and len(section) > 5
        assert len((await value(served, "config", show_defaults=True))["settings"]) > len(found)
        missing = await run(served, "config", key="builtin.contxt")
        assert missing["error"]["code"] == "not_found" and "builtin.context" in missing["error"]["near"]


async def test_accounts_and_limits_are_listed(served: ServedDaemon) -> None:
    await served.user("anna")
    assert [one["name"] for one in (await value(served, "users"))["users"]] == ["anna"]
    assert (await value(served, "rate_limit_stats"))["buckets"]


async def test_providers_are_listed_without_addresses(served: ServedDaemon) -> None:
    (scripted,) = (await value(served, "providers"))["providers"]
    assert (scripted["name"], scripted["state"], scripted["models"]) == ("scripted", "ok", 2)
    assert "base_url" not in scripted


async def test_calls_are_told_by_tool_user_status_and_time(served: ServedDaemon) -> None:
    anna = (await served.user("anna"))["access_token"]
    good = await run(served, "calculate", expression="1+1")
    await run(served, "calculate")
    await over_http(served, "current_time", anna)
    every = (await value(served, "execution_log"))["calls"]
    assert [(one["tool"], one["status"]) for one in every] == [
        ("current_time", "ok"),
        ("calculate", "invalid_arguments"),
        ("calculate", "ok"),
    ]
    assert every[-1]["trace_id"] == good["receipt"] and len(every[-1]["params_digest"]) == 64
    assert "1+1" not in json.dumps(every)

    async def tools(**wanted: object) -> list[str]:
        return [one["tool"] for one in (await value(served, "execution_log", **wanted))["calls"]]

    assert await tools(user="anna") == ["current_time"]
    assert await tools(tool="calculate", status="ok") == ["calculate"]
    assert await tools(tool="calc%") == []
    assert await tools(status="invalid_arguments") == ["calculate"]
    assert await tools(status="failed") == ["calculate"]
    assert await tools(since=every[0]["time"], tool="calculate") == []
    assert (await run(served, "execution_log", since="soon"))["error"]["code"] == "invalid_request"


async def test_what_is_for_admins_is_refused_to_others(served: ServedDaemon) -> None:
    anna = (await served.user("anna", tier="unlimited"))["access_token"]
    for tool in ("config", "users", "execution_log"):
        assert (await over_http(served, tool, anna))["error"]["code"] == "forbidden", tool
