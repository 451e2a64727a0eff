"""The tools of Ollama, through the daemon, against a server that speaks its API."""

import socket

from tests.triforce_daemon.mcp_server.connecting import REVISIONS, connected
from tests.triforce_daemon.ollama_house import with_ollama
from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.tools.test_files import call

NAMES = ("ollama_list", "ollama_pull", "ollama_delete", "ollama_show", "ollama_embed", "ollama_status")
NEEDED = {"model": "qwen3", "text": "x"}


async def test_what_it_has_and_how_it_is(folder: str) -> None:
    async with with_ollama(folder) as served:
        listed = (await run(served, "ollama_list", node=socket.gethostname()))["value"]["models"]
        one = next(one for one in listed if one["name"] == "qwen3:8b")
        assert (one["id"], one["size"], one["family"], one["parameters"], one["quantization"]) == (
            *("ollama/qwen3:8b", 5_200_000_000, "qwen3", "8.2B"),
            "Q4_K_M",
        )
        assert one["modified_at"].startswith("2026-05-04") and len(one["digest"]) == 64
        shown = (await run(served, "ollama_show", model="qwen3"))["value"]
        assert (shown["context"], shown["size"], shown["family"]) == (40_960, 5_200_000_000, "qwen3")
        assert "tools" in shown["capabilities"] and shown["licence"] and shown["template"]
        assert (await run(served, "ollama_show", model="nope"))["error"]["code"] == "model_not_found"
        status = (await run(served, "ollama_status"))["value"]
        assert (status["up"], status["version"], status["error"]) == (True, "0.21.0", None)
        assert status["loaded"][0]["model"] == "llama3.2:1b" and status["latency_ms"] >= 0


async def test_vectors_are_counted(folder: str) -> None:
    async with with_ollama(folder) as served:
        one = (await run(served, "ollama_embed", model="nomic-embed-text", text="one"))["value"]
        # With the tag as soon as the server's list is here.
        assert one["model"].startswith("ollama/nomic-embed-text")
        assert (one["dimensions"], len(one["vectors"])) == (768, 1)
        two = (await run(served, "ollama_embed", model="box/nomic-embed-text", text=["one", "two"]))["value"]
        assert two["model"].startswith("box/nomic") and two["vectors"][0] == one["vectors"][0]
        _, used = await served.get("/v1/usage", by="provider")
        assert {item["key"]: item["requests"] for item in used["items"]} == {"ollama": 1, "box": 1}
        words = {"words": ["nomic-embed-text", "text=several words"]}
        _, told = await served.post("/v1/tools/ollama_embed/run", words)
        assert len(told["value"]["vectors"]) == 1


async def test_a_model_is_fetched_as_a_job_and_deleted(folder: str) -> None:
    async with with_ollama(folder) as served:
        begun = (await run(served, "ollama_pull", model="qwen3"))["value"]
        ended = (await run(served, "job_wait", job_id=begun["job_id"]))["value"]
        assert ended["state"] == "done" and ended["result"]["model"] == "ollama/qwen3"
        assert ended["result"]["size_bytes"] == 5_200_000_000
        waited = (await run(served, "ollama_pull", model="nope", wait=True))["value"]
        assert (waited["state"], waited["error"]["code"]) == ("failed", "model_fetch_failed")
        assert "file does not exist" in waited["error"]["message"]
        assert (await call(served, "ollama_delete", folder, model="box/qwen3"))["value"] == {"deleted": True}
        asked = [one for one in served.upstream.records if one.kind == "delete"]
        assert [one.json for one in asked] == [{"model": "qwen3"}]
        gone = await call(served, "ollama_delete", folder, model="nope")
        assert gone["error"]["code"] == "model_not_found"


async def test_only_this_node_is_meant(folder: str) -> None:
    async with with_ollama(folder) as served:
        for name in ("ollama_list", "ollama_pull", "ollama_delete", "ollama_show", "ollama_status"):
            needed = {} if name in ("ollama_list", "ollama_status") else {"model": "qwen3"}
            refused = (await call(served, name, folder, **needed, node="elsewhere"))["error"]
            assert refused["code"] == "not_found" and socket.gethostname() in refused["hint"]
        for name in ("../x y", "$(touch x)", "x\n"):
            assert (await run(served, "ollama_show", model=name))["error"]["code"] == "invalid_arguments"


async def test_where_nobody_is(folder: str) -> None:
    async with with_ollama(folder, url="http://127.0.0.1:1") as served:
        status = (await run(served, "ollama_status"))["value"]
        assert not status["up"] and "No connection" in status["error"] and status["latency_ms"] is None
        assert (await run(served, "ollama_list"))["error"]["code"] == "upstream_failed"


async def test_where_none_is_switched_on(folder: str) -> None:
    async with with_ollama(folder, enabled=False) as served:
        for name in NAMES:
            refused = (await run(served, name))["error"]
            assert refused["code"] == "tool_unavailable" and "providers enable ollama" in refused["hint"]


async def test_who_may_call_which(folder: str) -> None:
    async with with_ollama(folder) as served:
        token = await served.token("tools", "inference", name="editor")
        async with connected(served, token, REVISIONS[-1]) as client:
            names = {tool.name for tool in (await client.list_tools()).tools}
            assert names & set(NAMES) == {"ollama_list", "ollama_show", "ollama_status", "ollama_embed"}
            told = await client.call_tool("ollama_status", {})
            assert told.structured_content and told.structured_content["up"]
        admin = await served.token("tools", "admin", name="admin")
        asked = {"arguments": {"model": "qwen3"}}
        _, waits = await served.over_http("POST", "/v1/tools/ollama_delete/run", admin, json=asked)
        assert waits["error"]["code"] == "approval_needed"
