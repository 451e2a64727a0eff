"""What tokens see of each other and of the owner: nothing."""

from tests.triforce_daemon.served_daemon import ServedDaemon, events_of

CHAT = {"messages": [{"role": "user", "content": "x"}]}


async def test_a_token_sees_what_it_used_itself_and_the_owner_sees_all(served: ServedDaemon) -> None:
    one = await served.token("inference", "read", name="one")
    other = await served.token("inference", "read", name="other")
    for token in (one, one, other):
        assert (await served.over_http("POST", "/v1/chat/completions", token, json=CHAT))[0] == 200
    await served.post("/v1/chat/completions", CHAT)

    async def used(token: str | None) -> dict[str, int]:
        _, usage = await (
            served.over_http("GET", "/v1/usage?by=client", token) if token else served.get("/v1/usage", by="client")
        )
        return {item["key"]: item["requests"] for item in usage["items"]}

    assert await used(one) == {"token/one": 2}
    assert await used(other) == {"token/other": 1}
    assert {"token/one": 2, "token/other": 1}.items() <= (await used(None)).items()
    assert len(await used(None)) == 3


async def test_conversations_are_each_ones_own(served: ServedDaemon) -> None:
    mine = (await served.turn("of the owner"))[0]["session"]
    token = await served.token("inference", "sessions", name="one")
    async with served.http_client(token) as client:
        async with client.post("/v1/sessions/new/turns", json={"input": "of the token"}) as reply:
            its = events_of(await reply.text())[0]["session"]
        for path in (mine, f"{mine}/fork", mine[:4]):
            async with client.request(
                "POST" if path.endswith("fork") else "GET", f"/v1/sessions/{path}", json={}
            ) as no:
                assert no.status == 404
    listed = (await served.over_http("GET", "/v1/sessions", token))[1]
    assert [session["id"] for session in listed["items"]] == [its]
    assert [session["id"] for session in (await served.get("/v1/sessions"))[1]["items"]] == [mine]
    other = await served.token("sessions", name="other")
    assert (await served.over_http("GET", "/v1/sessions", other))[1]["items"] == []


async def test_the_lists_of_models_hold_what_a_token_may_ask(served: ServedDaemon) -> None:
    token = await served.token("inference", models=["scripted/small"])
    for path, ids in (("/v1/models", "data"), ("/v1beta/models", "models"), ("/api/tags", "models")):
        _, listed = await served.over_http("GET", path, token)
        assert "scripted/small" in str(listed[ids])
        assert "scripted/large" not in str(listed[ids])
