"""Calls of tools in the audit: refused ones too, and never with what was passed."""

from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_each_call_is_kept_with_what_came_of_it(served: ServedDaemon) -> None:
    for tool, arguments in (("calculate", {"expression": "6 * 7"}), ("calculate", {}), ("x" * 900, {})):
        await served.post(f"/v1/tools/{tool}/run", {"arguments": arguments})
    _, page = await served.get("/v1/audit", kind="tool")
    unknown, refused, called = page["items"]
    assert (called["what"], refused["what"]) == ("called calculate", "called calculate invalid_arguments")
    assert unknown["document"]["tool"] == "x" * 200
    assert called["caller"] is not None and called["document"]["listener"] == "socket"
    assert len(called["document"]["arguments"]) == 64 and "6 * 7" not in str(page)
