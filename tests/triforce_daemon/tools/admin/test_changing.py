"""What an admin changes by tools: settings, tiers; and what no tool changes."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.tools.admin.test_looking import over_http


async def agreed(served: ServedDaemon, tool: str, /, **arguments: object) -> dict:
    """The result of a call to which the owner has agreed at his terminal."""
    status, result = await served.post(f"/v1/tools/{tool}/run", {"arguments": arguments, "approved": True})
    assert status == 200, result
    return result


async def test_settings_are_the_owners_alone_to_change(served: ServedDaemon) -> None:
    token = await served.token("admin", "tools", "tools:write")
    refused = await over_http(served, "config_set", token, key="log.level", value="debug")
    assert refused["error"]["code"] == "forbidden" and "owner" in refused["error"]["message"]
    _, listed = await served.over_http("GET", "/v1/tools", token)
    names = {item["name"] for item in listed["items"]}
    assert "config_set" not in names and "tier_set" in names


async def test_both_are_agreed_to(served: ServedDaemon) -> None:
    await served.user("anna")
    for tool, arguments in (
        ("config_set", {"key": "upstream.idle_seconds", "value": 30}),
        ("tier_set", {"user": "anna", "tier": "pro"}),
    ):
        assert (await run(served, tool, **arguments))["error"]["code"] == "approval_needed"
        assert (await agreed(served, tool, **arguments))["ok"]
