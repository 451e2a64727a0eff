"""The tools for prompts, through the daemon."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_a_prompt_is_kept_read_filled_and_forgotten(served: ServedDaemon) -> None:
    made = await run(served, "prompt_set", name="hello", content="Hello {{whom}}, {{what}}", tags=["a"])
    assert made["value"] == {"name": "hello", "version": 1}
    assert (await run(served, "prompt_set", name="hello", content="Hi {{whom}}, {{what}}"))["value"]["version"] == 2
    (listed,) = (await run(served, "prompts", tag="a"))["value"]["prompts"]
    assert (listed["name"], listed["version"], listed["tags"]) == ("hello", 2, ["a"])
    assert (await run(served, "prompt_get", name="hello", version=1))["value"]["content"].startswith("Hello")
    rendered = (await run(served, "prompt_render", name="hello", variables={"whom": "you"}))["value"]
    assert rendered == {"text": "Hi you, {{what}}", "missing": ["what"]}
    waiting = await run(served, "prompt_delete", name="hello")
    assert waiting["error"]["code"] == "approval_needed"
    _, done = await served.post("/v1/tools/prompt_delete/run", {"arguments": {"name": "hello"}, "approved": True})
    assert done["value"] == {"deleted": True}
    assert (await run(served, "prompt_get", name="hello"))["error"]["code"] == "prompt_not_found"
