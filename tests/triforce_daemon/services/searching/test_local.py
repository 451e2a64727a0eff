"""What the caller has said and remembered, through the daemon: his own, and as far as his scopes go."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon


async def found(served: ServedDaemon, token: str, query: str) -> dict:
    body = {"arguments": {"query": query, "source": "local"}}
    _, reply = await served.over_http("POST", "/v1/tools/search/run", token, json=body)
    return reply


async def test_conversations_and_memory_are_found_together(served: ServedDaemon) -> None:
    await run(served, "memory_store", content="The walrus likes herring.\nAnd more.", project="zoo")
    messages = [{"role": "user", "content": "What does the walrus eat?"}, {"role": "assistant", "content": "Herring."}]
    await run(served, "session_save", messages=messages)
    told = (await run(served, "search", query="walrus", source="local"))["value"]
    assert {one["source"] for one in told["results"]} == {"local (sessions)", "local (memory)"}
    assert (told["source"], told["cached"]) == ("local", False)
    kept = next(one for one in told["results"] if one["source"] == "local (memory)")
    assert kept["title"] == "The walrus likes herring." and kept["url"].startswith("triforce://memory/")
    assert len((await run(served, "search", query="walrus", source="local", limit=1))["value"]["results"]) == 1
    token = await served.token("tools", "tools:write", "memory", name="m")
    body = {"arguments": {"content": "The walrus sleeps."}}
    assert (await served.over_http("POST", "/v1/tools/memory_store/run", token, json=body))[1]["ok"]
    with_memory = await found(served, token, "walrus")
    assert [one["title"] for one in with_memory["value"]["results"]] == ["The walrus sleeps."]
    neither = await found(served, await served.token("tools", name="n"), "walrus")
    assert neither["error"]["code"] == "forbidden" and "scope sessions" in neither["error"]["hint"]
    ben = (await served.user("ben"))["access_token"]
    others = await found(served, ben, "walrus")
    assert others["ok"] and others["value"]["results"] == []
