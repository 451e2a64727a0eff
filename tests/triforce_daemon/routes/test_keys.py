"""Keys over the socket: what is said of them, and that no answer says what they are."""

import asyncio

from tests.triforce_daemon.served_daemon import ServedDaemon

SECRET = "gsk_canary_4f9a"


async def put(
    served: ServedDaemon, provider: str, secret: object = SECRET, name: object = "default"
) -> tuple[int, dict]:
    return await served.call("PUT", f"/v1/keys/{provider}", json={"name": name, "secret": secret})


async def test_a_key_is_set_listed_and_removed(served: ServedDaemon) -> None:
    status, kept = await put(served, "groq")
    assert (status, kept["store"], kept["replaced"]) == (200, "file", False)
    assert "D-Bus" in kept["reason"]
    _, listed = await served.get("/v1/keys")
    groq = [key for key in listed["items"] if key["provider"] == "groq"]
    assert [(key["name"], key["used"]) for key in groq] == [("default", True)]
    assert {"gemini", "cloudflare"} <= {key["provider"] for key in listed["items"] if not key["present"]}
    _, places = await served.get("/v1/keys/where", provider="groq")
    assert (places["winner"], places["vault"]["state"], places["vault"]["key"]) == ("vault", "open", "file")
    status, removed = await served.call("DELETE", "/v1/keys/groq", params={"name": "default"})
    assert (status, removed["next"]) == (200, None)
    status, body = await served.call("DELETE", "/v1/keys/groq")
    assert (status, body["error"]["code"]) == (404, "key_not_found")
    assert SECRET not in f"{kept}{listed}{places}{removed}"


async def test_no_refusal_repeats_the_key(served: ServedDaemon) -> None:
    wrong = [
        (await put(served, "groq", f"export A={SECRET}"), 400, "key_malformed"),
        (await put(served, "groq", SECRET, name=SECRET), 400, "key_malformed"),
        (await put(served, "groq", [SECRET]), 400, "invalid_request"),
        (await put(served, "groq", {"value": SECRET}), 400, "invalid_request"),
        (await put(served, "groq", SECRET, name=[SECRET]), 400, "invalid_request"),
        (await served.call("PUT", "/v1/keys/groq", json={"key": SECRET}), 400, "invalid_request"),
        (await served.call("PUT", "/v1/keys/groq", json=SECRET), 400, "invalid_request"),
        (await served.call("PUT", "/v1/keys/groq", data=SECRET), 400, "invalid_json"),
        (await put(served, "grok"), 404, "provider_not_found"),
        (await put(served, "groq/llama-3.3"), 404, "provider_not_found"),
        (await put(served, "builtin"), 404, "provider_not_found"),
    ]
    for (status, body), expected, code in wrong:
        assert (status, body["error"]["code"]) == (expected, code), body
        assert SECRET not in str(body)
    assert (await put(served, "grok"))[1]["error"]["near"] == ["groq"]


async def test_a_key_counts_for_the_next_question(served: ServedDaemon) -> None:
    ring = served.keys
    assert ring.credentials("groq") == ()
    await put(served, "groq")
    assert [key.secret for key in ring.credentials("groq")] == [SECRET]


async def test_many_set_keys_at_a_time(served: ServedDaemon) -> None:
    replies = await asyncio.gather(*(put(served, "groq", f"gsk-{number:04}", f"k{number}") for number in range(10)))
    assert [status for status, _ in replies] == [200] * 10
    assert len(served.keys.credentials("groq")) == 10


async def test_an_unknown_provider_is_not_tested(served: ServedDaemon) -> None:
    status, body = await served.post("/v1/keys/test", {"providers": ["groq", "grok"]})
    assert (status, body["error"]["code"]) == (404, "provider_not_found")
    status, body = await served.post("/v1/keys/test", {"providers": ["groq"]})
    assert (status, [item["state"] for item in body["items"]]) == (200, ["no-key"])
    assert (await served.post("/v1/keys/test", {}))[1]["items"] == []
