"""The memory's routes: what they take, and what they refuse by name."""

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon


@pytest.mark.parametrize(
    ("method", "path", "body", "named"),
    [
        ("POST", "/v1/memory", {}, "content"),
        ("POST", "/v1/memory", {"content": "  "}, "content"),
        ("POST", "/v1/memory", {"content": "x" * 100_001}, "100,001"),
        ("POST", "/v1/memory", {"content": "a\0b"}, "zero byte"),
        ("POST", "/v1/memory", {"content": "x", "type": "rumour"}, "type"),
        ("POST", "/v1/memory", {"content": "x", "confidence": 1.5}, "confidence"),
        ("POST", "/v1/memory", {"content": "x", "importance": "huge"}, "importance"),
        ("POST", "/v1/memory", {"content": "x", "ttl_seconds": 0}, "ttl_seconds"),
        ("POST", "/v1/memory", {"content": "x", "tags": ["a,b"]}, "a,b"),
        ("POST", "/v1/memory", {"content": "x", "tags": [""]}, "tag"),
        ("POST", "/v1/memory", {"content": "x", "tags": [f"t{n}" for n in range(33)]}, "33 tags"),
        ("POST", "/v1/memory", {"content": "x", "project": "a\nb"}, "project"),
        ("POST", "/v1/memory/search", {"query": "x", "mode": "magic"}, "mode"),
        ("POST", "/v1/memory/search", {"query": "x", "limit": 0}, "limit"),
        ("POST", "/v1/memory/search", {"query": "x", "limit": 1_001}, "limit"),
        ("POST", "/v1/memory/search", {"min_confidence": -1}, "confidence"),
        ("POST", "/v1/memory/search", {"max_age_hours": 0}, "max_age_hours"),
        ("POST", "/v1/memory/forget", {}, "everything"),
        ("POST", "/v1/memory/forget", {"tags": [], "project": ""}, "everything"),
        ("POST", "/v1/memory/forget", {"older_than_days": -1}, "older_than_days"),
        ("POST", "/v1/memory/forget", {"ids": ["x"] * 501}, "501 ids"),
        ("POST", "/v1/memory/import", {"entries": [{"schema": "x", "versions": []}]}, "entries.0"),
    ],
)
async def test_what_makes_no_sense_is_named(
    served: ServedDaemon, method: str, path: str, body: dict, named: str
) -> None:
    status, answer = await served.call(method, path, json=body)
    assert (status, answer["error"]["code"]) == (400, "invalid_request")
    assert named in answer["error"]["message"] + (answer["error"]["hint"] or "")


async def test_what_is_not_there(served: ServedDaemon) -> None:
    for method, path, body in [
        ("GET", "/v1/memory/zzz", None),
        ("GET", "/v1/memory/zzz/history", None),
        ("PATCH", "/v1/memory/zzz", {"content": "x"}),
        ("POST", "/v1/memory/zzz/validations", {"verdict": "confirm"}),
        ("POST", "/v1/memory/forget", {"ids": ["zzz"]}),
    ]:
        status, answer = await served.call(method, path, json=body)
        assert (status, answer["error"]["code"]) == (404, "not_found")
    assert (await served.post("/v1/memory/changes/zzz/undo"))[0] == 404
