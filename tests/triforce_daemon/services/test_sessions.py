"""Sessions: found by a few letters, changed, copied, exported and brought back, deleted."""

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.services.sessions import TITLE_LENGTH, title_of


async def begin(served: ServedDaemon, text: str = "hi", **more: object) -> str:
    return (await served.turn(text, **more))[-1]["session"]


async def test_a_session_is_found_by_a_unique_prefix(served: ServedDaemon) -> None:
    session = await begin(served)
    assert (await served.get(f"/v1/sessions/{session[:4]}"))[1]["id"] == session


async def test_an_ambiguous_prefix_names_the_candidates(served: ServedDaemon) -> None:
    made = [await begin(served) for _ in range(40)]
    shared = next(one[0] for one in made if sum(other[0] == one[0] for other in made) > 1)
    status, body = await served.get(f"/v1/sessions/{shared}")
    assert (status, body["error"]["code"]) == (409, "ambiguous_id")
    assert set(body["error"]["near"]) <= set(made)


@pytest.mark.parametrize("prefix", ["zzzzzzzzzzzz", "%", "_", "'", "%25"])
async def test_nobody_finds_what_is_not_there(served: ServedDaemon, prefix: str) -> None:
    await begin(served)
    status, body = await served.get(f"/v1/sessions/{prefix}")
    assert (status, body["error"]["code"]) == (404, "session_not_found")


async def test_the_list_is_newest_first_and_comes_in_pages(served: ServedDaemon) -> None:
    made = [await begin(served, f"number {number}") for number in range(5)]
    seen: list[str] = []
    after = None
    while True:
        query = {"limit": 2} | ({"after": after} if after else {})
        _, page = await served.get("/v1/sessions", **query)
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == made[::-1]


async def test_the_list_narrows_by_model_and_time(served: ServedDaemon) -> None:
    await begin(served)
    large = await begin(served, model="scripted/large")
    _, page = await served.get("/v1/sessions", model="large")
    assert [item["id"] for item in page["items"]] == [large]
    _, page = await served.get("/v1/sessions", since="2999-01-01T00:00:00Z")
    assert page["items"] == []
    status, body = await served.get("/v1/sessions", since="yesterday-ish")
    assert (status, body["error"]["code"]) == (400, "invalid_request")


async def test_search_finds_both_sides_and_marks_the_words(served: ServedDaemon) -> None:
    session = await begin(served, "Où est le café?")
    _, found = await served.get("/v1/sessions/search", query="cafe")
    assert [(hit["session"], hit["turn"]) for hit in found["items"]] == [(session, 1)]
    assert "«café»" in found["items"][0]["snippet"]
    _, found = await served.get("/v1/sessions/search", query="there hello")
    assert len(found["items"]) == 1


@pytest.mark.parametrize("query", ['"', "AND", "a OR", "NEAR(", "col:x", "*", "(", "''", "-x", "^a", "{a b}"])
async def test_search_takes_words_never_syntax(served: ServedDaemon, query: str) -> None:
    await begin(served)
    assert (await served.get("/v1/sessions/search", query=query))[0] == 200


async def test_title_system_and_model_can_be_changed(served: ServedDaemon) -> None:
    session = await begin(served, "a question")
    change = {"title": "  New\n name ", "system": "Be kind.", "model": "large"}
    _, detail = await served.call("PATCH", f"/v1/sessions/{session}", json=change)
    assert (detail["title"], detail["system"], detail["model"]) == ("New name", "Be kind.", "scripted/large")
    await served.turn("next", session=session)
    assert served.upstream.records.last.json["messages"][0] == {"role": "system", "content": "Be kind."}
    assert served.upstream.records.last.json["model"] == "upstream-large"
    _, detail = await served.call("PATCH", f"/v1/sessions/{session}", json={"system": None})
    assert detail["system"] is None


async def test_deleting_takes_turns_and_index_with_it(served: ServedDaemon) -> None:
    session = await begin(served, "findme")
    assert (await served.call("DELETE", f"/v1/sessions/{session}"))[0] == 200
    assert (await served.get(f"/v1/sessions/{session}"))[0] == 404
    _, found = await served.get("/v1/sessions/search", query="findme")
    assert found["items"] == []
    _, usage = await served.get("/v1/usage")
    assert usage["items"][0]["requests"] == 1, "what was used stays in the ledger"


async def test_a_fork_goes_its_own_way(served: ServedDaemon) -> None:
    session = await begin(served, "one")
    await served.turn("two", session=session)
    _, fork = await served.post(f"/v1/sessions/{session}/fork", {"upto": 1, "title": "Other"})
    assert (fork["title"], [turn["input"] for turn in fork["history"]]) == ("Other", ["one"])
    await served.turn("three", session=fork["id"])
    _, original = await served.get(f"/v1/sessions/{session}")
    assert [turn["input"] for turn in original["history"]] == ["one", "two"]
    status, body = await served.post(f"/v1/sessions/{session}/fork", {"upto": 9})
    assert (status, body["error"]["code"]) == (400, "invalid_request")


async def test_what_is_exported_can_be_brought_back(served: ServedDaemon) -> None:
    session = await begin(served, "keep me", system="S")
    _, before = await served.get(f"/v1/sessions/{session}")
    status, made = await served.post("/v1/sessions/import", {"sessions": [before]})
    assert status == 200
    _, after = await served.get(f"/v1/sessions/{made['items'][0]['id']}")
    assert after["id"] != before["id"]
    assert after["origin"] == "import"
    for name in ("title", "model", "system", "created", "turns", "tokens_in"):
        assert after[name] == before[name]
    for name in ("input", "output", "state", "usage", "created", "finished"):
        assert after["history"][0][name] == before["history"][0][name]


async def test_imported_turns_are_numbered_anew(served: ServedDaemon) -> None:
    session = await begin(served, "one")
    await served.turn("two", session=session)
    _, exported = await served.get(f"/v1/sessions/{session}")
    for turn in exported["history"]:
        turn["number"] = 7
    status, made = await served.post("/v1/sessions/import", {"sessions": [exported]})
    assert status == 200
    _, after = await served.get(f"/v1/sessions/{made['items'][0]['id']}")
    assert [(turn["number"], turn["input"]) for turn in after["history"]] == [(1, "one"), (2, "two")]


async def test_an_import_is_whole_or_not_at_all(served: ServedDaemon) -> None:
    session = await begin(served)
    _, sound = await served.get(f"/v1/sessions/{session}")
    broken = {**sound, "created": "no date"}
    status, body = await served.post("/v1/sessions/import", {"sessions": [sound, broken]})
    assert (status, body["error"]["code"]) == (400, "invalid_request")
    _, page = await served.get("/v1/sessions")
    assert len(page["items"]) == 1


async def test_pruning_names_first_and_deletes_then(served: ServedDaemon) -> None:
    session = await begin(served)
    _, dry = await served.post("/v1/sessions/prune", {"older_than_seconds": -1, "dry_run": True})
    assert ([item["id"] for item in dry["items"]], dry["deleted"]) == ([session], False)
    assert (await served.get(f"/v1/sessions/{session}"))[0] == 200
    _, kept = await served.post("/v1/sessions/prune", {"older_than_seconds": 3_600})
    assert kept["items"] == []
    await served.post("/v1/sessions/prune", {"older_than_seconds": -1})
    assert (await served.get(f"/v1/sessions/{session}"))[0] == 404


def test_a_title_is_one_short_line() -> None:
    assert title_of(" a\n\tb ") == "a b"
    assert len(title_of("x" * 500)) == TITLE_LENGTH
    assert title_of("x" * 500).endswith("…")
