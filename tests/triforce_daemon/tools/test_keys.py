"""The providers' keys by tools: which there are, never what they are."""

import json

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon

SECRET = "gsk_canary1234567890abcdef"


async def with_key(served: ServedDaemon) -> None:
    status, told = await served.call("PUT", "/v1/keys/groq", json={"name": "main", "secret": SECRET})
    assert status == 200, told


async def test_keys_are_listed_counted_and_never_shown(served: ServedDaemon) -> None:
    await with_key(served)
    listed = await run(served, "keys_list")
    assert [(one["provider"], one["key_id"]) for one in listed["value"]["keys"]] == [("groq", "main")]
    status = await run(served, "keys_status")
    assert (status["value"]["key_count"], status["value"]["providers"], status["value"]["locked"]) == (
        1,
        ["groq"],
        False,
    )
    used = await run(served, "keys_usage", provider="groq")
    assert used["error"] is None, used
    assert used["value"]["keys"][0]["keys"] == ["main"]
    assert SECRET not in json.dumps([listed, status, used])


async def test_a_key_is_asked_for_and_a_person_enters_it(served: ServedDaemon) -> None:
    asked = (await run(served, "keys_request", provider="groq", reason="to chat"))["value"]
    assert asked["how"] == "triforce keys set groq --name main"
    assert (await run(served, "keys_request", provider="nobody"))["error"]["code"] == "provider_not_found"


async def test_a_key_is_removed_with_a_yes(served: ServedDaemon) -> None:
    await with_key(served)
    assert (await run(served, "keys_remove", provider="groq"))["error"]["code"] == "approval_needed"
    body = {"arguments": {"provider": "groq"}, "approved": True}
    _, gone = await served.post("/v1/tools/keys_remove/run", body)
    assert gone["value"]["removed"]
    assert (await run(served, "keys_list"))["value"]["keys"] == []


async def test_a_provider_without_a_key_is_tested_and_says_so(served: ServedDaemon) -> None:
    tested = await run(served, "keys_test", provider="groq")
    assert all(not one["ok"] for one in tested["value"]["results"])


async def test_keys_are_for_admins(served: ServedDaemon) -> None:
    anna = (await served.user("anna", tier="unlimited"))["access_token"]
    for tool in ("keys_list", "keys_remove", "keys_test"):
        _, told = await served.over_http(
            "POST", f"/v1/tools/{tool}/run", anna, json={"arguments": {"provider": "groq"}}
        )
        assert told["error"]["code"] == "forbidden", tool
