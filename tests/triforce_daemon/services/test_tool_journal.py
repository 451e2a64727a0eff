"""Calls of tools in the audit: refused ones too, and never with what was passed."""

from urllib.parse import quote

from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.tools.test_files import call


async def test_each_call_is_kept_with_what_came_of_it(served: ServedDaemon) -> None:
    for tool, arguments in (("calculate", {"expression": "6 * 7"}), ("calculate", {}), ("x" * 900, {})):
        await served.post(f"/v1/tools/{tool}/run", {"arguments": arguments})
    _, page = await served.get("/v1/audit", kind="tool")
    unknown, refused, called = page["items"]
    assert (called["what"], refused["what"]) == ("called calculate", "called calculate invalid_arguments")
    assert unknown["document"]["tool"] == "(no tool)"
    assert called["caller"] is not None and called["document"]["listener"] == "socket"
    assert len(called["document"]["arguments"]) == 64 and "6 * 7" not in str(page)


async def test_of_a_change_only_what_says_nothing_is_kept(served: ServedDaemon, folder: str) -> None:
    (changed,) = (await call(served, "code_create", folder, path="secret-name.py", content="x"))["changes"]
    assert changed == "made secret-name.py"
    await call(served, "config_set", folder, key="upstream.idle_seconds", value=31)
    _, page = await served.get("/v1/audit", kind="tool")
    changes = [one for item in page["items"] for one in item["document"].get("changes", [])]
    kept = {one["kind"]: one["subject"] for one in changes}
    assert kept["setting"] == "" and len(kept["file"]) > 8
    assert "secret-name" not in str(page)


async def test_of_what_is_no_tool_only_what_looks_like_one_is_kept(served: ServedDaemon) -> None:
    for name in ("sk-CANARY0123456789", "a\x1b[31m", "tf_" + "0f" * 24, "memory_forget_all"):
        await served.post(f"/v1/tools/{quote(name)}/run", {})
    _, page = await served.get("/v1/audit", kind="tool")
    assert [one["document"]["tool"] for one in page["items"]] == ["memory_forget_all", *["(no tool)"] * 3]
