"""`tool_call` is another tool's call, with the same gate and the other tool's name."""

import pytest

from tests.triforce_daemon.mcp_server.connecting import REVISIONS, connected
from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.errors import InvalidArguments
from triforce_daemon.toolbox.meta_tool import serves, unwrapped


@pytest.mark.parametrize("wrong", [{}, {"name": 1}, {"name": "a", "arguments": []}, {"name": "a", "more": 1}])
def test_what_is_no_call(wrong: dict) -> None:
    with pytest.raises(InvalidArguments):
        unwrapped(wrong)


def test_where_it_is_served() -> None:
    assert serves("search") and serves("memory,search") and not serves("all") and not serves("research")


@pytest.mark.parametrize("revision", REVISIONS)
async def test_the_real_tool_is_called_and_named(
    served: ServedDaemon, revision: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with connected(served, await served.token("tools"), revision, "?toolset=search") as client:
        meant = {"name": "calculate", "arguments": {"expression": "6*7"}}
        result = await client.call_tool("tool_call", meant)
        assert result.structured_content and result.structured_content["value"] == "42"
        missing = {"name": "calculate", "arguments": {}}
        assert (await client.call_tool("tool_call", missing)).is_error
    named = [record.__dict__["tool"] for record in caplog.records if "tool" in record.__dict__]
    assert set(named) == {"calculate"}
