"""Who sees which calls of tools."""

from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_each_sees_what_he_has_called_and_an_admin_sees_all(served: ServedDaemon) -> None:
    first, second = await served.token("tools", name="first"), await served.token("tools", name="second")
    anna = (await served.user("anna"))["access_token"]
    for token, expression in ((first, "1"), (second, "2"), (second, "1/0"), (anna, "3")):
        sent = {"arguments": {"expression": expression}}
        assert (await served.over_http("POST", "/v1/tools/calculate/run", token, json=sent))[0] == 200
    seen = {}
    for name, token in (("first", first), ("second", second), ("anna", anna)):
        _, page = await served.over_http("GET", "/v1/tools/log", token)
        seen[name] = [(call["tool"], call["status"] == "ok", call["via"]) for call in page["items"]]
    well, badly = ("calculate", True, "api"), ("calculate", False, "api")
    assert seen == {"first": [well], "second": [badly, well], "anna": [well]}
    _, page = await served.get("/v1/tools/log")
    assert len(page["items"]) == 4 and {call["caller"] for call in page["items"]} >= {"user/anna"}
    assert len({call["arguments"] for call in page["items"]}) == 4, "digests, never the arguments"
    _, page = await served.get("/v1/tools/log", status="failed", tool="calculate", limit=1)
    assert [call["status"] == "ok" for call in page["items"]] == [False]
    assert (await served.get("/v1/tools/log", limit=0))[0] == 400
    _, receipt = await served.get(f"/v1/receipts/{page['items'][0]['receipt']}")
    assert receipt["tools"][0]["tool"] == "calculate"
