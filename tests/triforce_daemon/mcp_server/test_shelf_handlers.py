"""The official client reads resources and prompts, in both revisions."""

import pytest
from mcp.shared.exceptions import MCPError

from tests.triforce_daemon.mcp_server.connecting import REVISIONS, connected, mount_fixtures
from tests.triforce_daemon.served_daemon import ServedDaemon

both = pytest.mark.parametrize("revision", REVISIONS)


@both
async def test_prompts_resources_and_completions_of_the_shelf(served: ServedDaemon, revision: str) -> None:
    mount_fixtures(served)
    async with connected(served, await served.token("tools"), revision) as client:
        names = [prompt.name for prompt in (await client.list_prompts()).prompts]
        assert "test_prompt_with_arguments" in names
        got = await client.get_prompt("test_prompt_with_arguments", {"arg1": "a", "arg2": "b"})
        assert "arg1='a'" in got.messages[0].content.text  # type: ignore[union-attr]
        with pytest.raises(MCPError, match="no prompt"):
            await client.get_prompt("nothing")
        read = await client.read_resource("test://static-text")
        assert read.contents[0].text.startswith("This is the content")  # type: ignore[union-attr]
