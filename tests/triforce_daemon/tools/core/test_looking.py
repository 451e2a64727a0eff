"""What a program asks first, through the daemon."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_models_leave_out_what_cannot_be_called(served: ServedDaemon) -> None:
    value = (await run(served, "models", available_only=True, limit=1))["value"]
    assert len(value["models"]) == 1 and value["count"] >= 1
    every = (await run(served, "models", available_only=False))["value"]
    assert every["count"] == value["count"] + len((await run(served, "models"))["value"]["excluded"])
    assert (await run(served, "models", provider=served.provider.name))["value"]["count"] == len(served.provider.names)
    assert (await run(served, "models", capability="flying"))["value"]["count"] == 0


async def test_one_model_and_the_aliases(served: ServedDaemon) -> None:
    name = f"{served.provider.name}/{served.provider.names[0]}"
    assert (await run(served, "model_info", model=name))["value"]["id"] == name
    missing = await run(served, "model_info", model="nobody/nothing")
    assert missing["error"]["code"] == "model_not_found"
    aliases = (await run(served, "model_aliases"))["value"]["aliases"]
    assert all({"name", "boundary"} <= alias.keys() for alias in aliases)


async def test_who_asks(served: ServedDaemon) -> None:
    mine = (await run(served, "whoami"))["value"]
    assert (mine["role"], mine["via"], mine["tier"]) == ("owner", "api", None)
    anna = await served.user("anna", tier="pro", grants=["tools:write"])
    _, reply = await served.over_http("POST", "/v1/tools/whoami/run", anna["access_token"], json={})
    value = reply["value"]
    assert (value["caller"], value["role"], value["tier"]) == ("user/anna", "user", "pro")
    assert "tools:write" in value["scopes"] and "tools:exec" not in value["scopes"]


async def test_tools_are_indexed_and_looked_up(served: ServedDaemon) -> None:
    names = (await run(served, "tools_index", detail="names", category="utilities"))["value"]
    assert [one["name"] for one in names["tools"]] == ["current_time", "weather", "calculate"]
    assert names["categories"]["utilities"] == 3 and names["tools"][0]["title"] == ""
    found = (await run(served, "tools_index", query="Uhrzeit", detail="full"))["value"]["tools"]
    assert found[0]["name"] == "current_time" and found[0]["description"]
    shown = (await run(served, "tool_lookup", name="calculate"))["value"]
    assert shown["usage"].startswith("triforce tools run calculate")


async def test_what_was_used(served: ServedDaemon) -> None:
    await run(served, "chat", message="Hi")
    told = (await run(served, "usage", by="provider"))["value"]
    assert [(row["key"], row["requests"], row["tokens_in"]) for row in told["rows"]] == [("scripted", 1, 3)]


async def test_the_daemons_health(served: ServedDaemon) -> None:
    told = (await run(served, "health"))["value"]
    assert told["status"] == "ok" and set(told["checks"]) == {"database", "providers", "daemon"}
    one = (await run(served, "health", components=["database"]))["value"]
    assert list(one["checks"]) == ["database"] and one["checks"]["database"]["latency_ms"] >= 0
    assert (await run(served, "health", components=["soul"]))["error"]["code"] == "invalid_arguments"
