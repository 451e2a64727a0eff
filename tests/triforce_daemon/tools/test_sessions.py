"""Conversations by tools: one's own, and nobody else's."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon

TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Why is the sky blue?"},
    {"role": "assistant", "content": "Scattering."},
    {"role": "assistant", "content": "Of light."},
    {"role": "user", "content": "And at sunset?"},
]


async def test_messages_are_kept_listed_found_and_read(served: ServedDaemon) -> None:
    saved = (await run(served, "session_save", messages=TALK, model="m", metadata={"title": "The sky"}))["value"]
    assert saved["messages"] == 5
    (listed,) = (await run(served, "sessions"))["value"]["sessions"]
    assert (listed["id"], listed["title"], listed["messages"]) == (saved["session_id"], "The sky", 4)
    assert (await run(served, "sessions", query="scattering"))["value"]["sessions"] == [listed]
    assert (await run(served, "sessions", query="nothing of it"))["value"]["sessions"] == []
    read = (await run(served, "session_get", session_id=saved["session_id"][:6]))["value"]
    assert read["messages"] == [*TALK[:2], {"role": "assistant", "content": "Scattering.\n\nOf light."}, TALK[4]]


async def test_messages_replace_those_of_another_conversation(served: ServedDaemon) -> None:
    old = (await run(served, "session_save", messages=TALK, metadata={"title": "Old"}))["value"]["session_id"]
    new = (await run(served, "session_save", messages=TALK[1:3], session_id=old))["value"]["session_id"]
    (only,) = (await run(served, "sessions"))["value"]["sessions"]
    assert (only["id"], only["title"]) == (new, "Old")


async def test_what_is_no_conversation_is_refused(served: ServedDaemon) -> None:
    for wrong in ([{"role": "king", "content": "x"}], [{"role": "user"}], TALK[:1], TALK[2:3]):
        assert (await run(served, "session_save", messages=wrong))["error"]["code"] == "invalid_arguments"
    assert (await run(served, "sessions"))["value"]["sessions"] == []


async def test_deleting_one_needs_a_yes(served: ServedDaemon) -> None:
    kept = (await run(served, "session_save", messages=TALK))["value"]["session_id"]
    refused = await run(served, "session_delete", session_id=kept)
    assert refused["error"]["code"] == "approval_needed"
    body = {"arguments": {"session_id": kept}, "approved": True}
    _, done = await served.post("/v1/tools/session_delete/run", body)
    assert done["value"] == {"deleted": True}
    assert (await run(served, "session_get", session_id=kept))["error"]["code"] == "session_not_found"


async def test_nobody_sees_anothers(served: ServedDaemon) -> None:
    kept = (await run(served, "session_save", messages=TALK))["value"]["session_id"]
    anna = (await served.user("anna"))["access_token"]
    body = {"arguments": {"session_id": kept}}
    _, theirs = await served.over_http("POST", "/v1/tools/session_get/run", anna, json=body)
    assert theirs["error"]["code"] == "session_not_found"
