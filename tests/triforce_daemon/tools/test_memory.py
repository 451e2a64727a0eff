"""Memory, through the daemon: as a model keeps and finds it."""

import pytest

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.services.memory_undo import MemoryUndo


async def test_what_is_stored_is_found(served: ServedDaemon) -> None:
    said = {"content": "The ledger is in PostgreSQL.", "type": "decision", "project": "orion"}
    more = {"tags": ["DB"], "confidence": 0.6, "ttl_seconds": 3_600, "importance": "high"}
    stored = (await run(served, "memory_store", **said, **more))["value"]
    assert stored.keys() == {"id", "version", "expires_at", "duplicate_of"}
    assert (stored["version"], stored["duplicate_of"]) == (1, None) and stored["expires_at"].endswith("Z")
    again = (
        await run(served, "memory_store", content="The ledger is in PostgreSQL.", type="decision", project="orion")
    )["value"]
    assert (again["duplicate_of"], again["version"]) == (stored["id"], 2)
    found = (await run(served, "memory_search", query="ledger", tags=["db"], project="orion", max_age_hours=1))["value"]
    assert found["count"] == 1 and "words alone" in found["remark"]
    [hit] = found["results"]
    assert hit.keys() == {"id", "content", "score", "confidence", "type", "tags", "version", "created_at"}
    assert (hit["id"], hit["tags"], hit["type"], hit["confidence"]) == (again["id"], ["db"], "decision", 0.8)
    nothing = await run(served, "memory_search", query="ledger", type="todo", min_confidence=0.9, tag_mode="any")
    assert nothing["value"]["results"] == []


async def test_versions_and_verdicts(served: ServedDaemon) -> None:
    first = (await run(served, "memory_store", content="The port is 9000.", confidence=0.5))["value"]["id"]
    made = (await run(served, "memory_update", id=first, content="The port is 9100.", tags=["net"]))["value"]
    assert made == {"id": made["id"], "version": 2, "previous_id": first}
    said = await run(served, "memory_validate", id=made["id"], verdict="confirm", by="gemini", reason="asked it")
    assert said["value"] == {"confidence": 0.625, "validated_by": ["gemini"]}
    entry = (await run(served, "memory_get", id=made["id"]))["value"]
    assert [score["value"] for score in entry["confidence_scores"]] == [0.5, 0.625]
    assert entry["validations"][0]["reason"] == "asked it"
    versions = (await run(served, "memory_history", id=first))["value"]["versions"]
    assert [one["content"] for one in versions] == ["The port is 9000.", "The port is 9100."]
    late = await run(served, "memory_update", id=first, content="x")
    assert late["error"]["code"] == "conflict"


async def test_forgetting_is_rehearsed_agreed_to_and_undone(served: ServedDaemon) -> None:
    kept = (await run(served, "memory_store", content="kept"))["value"]["id"]
    gone = (await run(served, "memory_store", content="gone", project="p"))["value"]["id"]
    assert (await run(served, "memory_clear", project="p"))["value"] == {"matched": 1, "deleted": 0}
    asked = await run(served, "memory_clear", project="p", dry_run=False)
    assert asked["error"]["code"] == "approval_needed"
    _, done = await served.post(
        "/v1/tools/memory_clear/run", {"arguments": {"ids": [gone], "dry_run": False}, "approved": True}
    )
    assert done["value"] == {"matched": 1, "deleted": 1}, done
    stats = (await run(served, "memory_stats"))["value"]
    assert stats == {
        "total": 1, "by_type": {"fact": 1}, "by_project": {"": 1}, "avg_confidence": 0.8, "expired": 0, "bytes": 4,
    }  # fmt: skip
    assert (await run(served, "memory_get", id=gone))["error"]["code"] == "not_found"
    assert (await run(served, "memory_get", id=kept))["ok"]
    assert MemoryUndo in served.parts


@pytest.mark.parametrize(
    ("name", "arguments", "named"),
    [
        ("memory_store", {}, "content"),
        ("memory_store", {"content": "x", "confidence": 2}, "confidence"),
        ("memory_store", {"content": "x", "type": "rumour"}, "type"),
        ("memory_store", {"content": "x", "mood": "good"}, "mood"),
        ("memory_search", {}, "query"),
        ("memory_search", {"query": "x", "limit": 0}, "limit"),
        ("memory_update", {}, "id"),
        ("memory_validate", {"id": "x"}, "verdict"),
        ("memory_clear", {"older_than_days": -1}, "older_than_days"),
    ],
)
async def test_what_does_not_fit_is_named(served: ServedDaemon, name: str, arguments: dict, named: str) -> None:
    error = (await run(served, name, **arguments))["error"]
    assert error["code"] == "invalid_arguments" and named in error["message"]


async def test_each_account_has_its_own(served: ServedDaemon) -> None:
    await run(served, "memory_store", content="of the owner")
    free = await served.user("free", tier="free")
    pro = await served.user("pro", tier="pro", grants=["tools:write"])

    async def as_user(login: dict, name: str, **arguments: object) -> dict:
        body = {"arguments": arguments}
        return (await served.over_http("POST", f"/v1/tools/{name}/run", login["access_token"], json=body))[1]

    assert (await as_user(pro, "memory_search", query="owner"))["value"]["count"] == 0
    assert (await as_user(pro, "memory_store", content="mine"))["ok"]
    refused = await as_user(free, "memory_store", content="x")
    assert refused["error"]["code"] == "forbidden" and "tools:write" in refused["error"]["message"]
    assert (await as_user(free, "memory_search", query=""))["ok"]
    token = await served.token("tools", name="narrow")
    narrow = (await served.over_http("POST", "/v1/tools/memory_search/run", token, json={"arguments": {"query": ""}}))[
        1
    ]
    assert narrow["error"]["code"] == "forbidden" and "memory" in narrow["error"]["message"]
