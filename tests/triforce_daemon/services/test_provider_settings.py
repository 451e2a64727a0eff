"""Providers that come, change and go while the daemon runs."""

from tests.scriptable_upstream.fixtures import upstream
from tests.scriptable_upstream.upstream import Upstream
from tests.triforce_daemon.remotes import remotes
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.services.model_refresh import ModelRefresh

__all__ = ["upstream"]

HI = [{"role": "user", "content": "hi"}]


async def put(served: ServedDaemon, key: str, value: object) -> dict:
    status, changed = await served.call("PUT", f"/v1/config/{key}", json={"value": value})
    assert (status, changed.get("restart")) == (200, False), changed
    return changed


async def asked(served: ServedDaemon, model: str) -> int:
    return (await served.post("/v1/chat/completions", {"model": model, "messages": HI}))[0]


async def test_one_of_the_users_own_comes_is_asked_and_goes(folder: str, upstream: Upstream) -> None:
    async with serve(folder) as served:
        assert await asked(served, "mine/m") == 404
        await put(served, "providers.mine.base_url", upstream.base_url("openai"))
        assert await asked(served, "mine/m") == 200
        assert (await served.get("/v1/providers/mine"))[1]["state"] == "ok"
        _, tested = await served.post("/v1/registry/refresh", {"providers": ["mine"]})
        assert tested["items"][0]["ok"]
        _, gone = await served.call("DELETE", "/v1/config/providers.mine")
        assert gone["restart"] is False
        assert await asked(served, "mine/m") == 404
        assert (await served.get("/v1/providers/mine"))[0] == 404
        await put(served, "providers.mine.base_url", upstream.base_url("openai"))
        assert await asked(served, "mine/m") == 200


async def test_its_key_is_looked_for_where_the_settings_say(folder: str, upstream: Upstream) -> None:
    upstream.accept("openai", "sk-the-right-one")
    async with serve(folder) as served:
        served.environ["WORKSHOP_KEY"] = "sk-the-right-one"
        await put(served, "providers.mine.base_url", upstream.base_url("openai"))
        assert await asked(served, "mine/m") == 502
        await put(served, "providers.mine.key_environment", "WORKSHOP_KEY")
        assert await asked(served, "mine/m") == 200
        assert "mine" in [key["provider"] for key in (await served.get("/v1/keys"))[1]["items"]]


async def test_its_address_changes_and_what_it_lists_is_asked_for_anew(folder: str, upstream: Upstream) -> None:
    async with serve(folder, remotes(upstream, "groq")) as served:
        await served.parts.get(ModelRefresh).now(["groq"])
        before = len(upstream.records)
        await put(served, "providers.groq.base_url", upstream.base_url("groq") + "/")
        await put(served, "providers.groq.max_tools", 1)
        tools = [{"type": "function", "function": {"name": name, "parameters": {}}} for name in "abc"]
        body = {"model": "groq/llama-3.1-8b-instant", "messages": HI, "tools": tools}
        async with served.client.post("http://triforced/v1/chat/completions", json=body) as reply:
            assert reply.status == 200
            assert "tools" in reply.headers["x-triforce-dropped"]
        await upstream.until(lambda: any(asked.kind != "chat" for asked in list(upstream.records)[before:]))


async def test_a_stream_goes_on_as_it_was_begun(folder: str, upstream: Upstream) -> None:
    async with serve(folder) as served:
        await put(served, "providers.mine.base_url", upstream.base_url("openai"))
        upstream.plan("words=40 every=5ms")
        body = {"model": "mine/m", "messages": HI, "stream": True}
        async with served.client.post("http://triforced/v1/chat/completions", json=body) as reply:
            await reply.content.readany()
            await served.call("DELETE", "/v1/config/providers.mine")
            assert (await reply.content.read()).endswith(b"[DONE]\n\n")


async def test_what_has_moved_away_is_not_of_this_machine_any_more(folder: str, upstream: Upstream) -> None:
    near = {"x-triforce-boundary": "machine"}
    async with serve(folder) as served:
        await put(served, "providers.mine.base_url", upstream.base_url("openai"))
        asked = {"model": "mine/m", "messages": HI}
        assert (await served.call("POST", "/v1/chat/completions", json=asked, headers=near))[0] == 200
        await put(served, "providers.mine.base_url", "http://elsewhere.invalid/v1")
        assert (await served.call("POST", "/v1/chat/completions", json=asked, headers=near))[0] == 403
