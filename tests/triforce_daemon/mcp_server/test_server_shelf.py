"""Resources and prompts of one mounted server, at its own addresses."""

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import PromptReference, ResourceTemplateReference

from tests.triforce_daemon.mcp_client.small_server import SmallServer
from tests.triforce_daemon.mcp_server.connecting import connected
from tests.triforce_daemon.services.mcp_servers.test_mounts import daemon, until, up
from tests.triforce_daemon.toolbox.bench import token
from triforce_daemon.mcp_server.server_shelf import ServerPrompts, ServerResources
from triforce_daemon.services.mcp_servers.mounts import McpMounts


async def test_it_is_as_the_server_has_it(folder: str) -> None:
    async with daemon(folder, small=SmallServer(folder).table()) as served:
        await until(served, "small", up)
        async with connected(served, await served.token("tools:mounted"), query="/servers/small") as client:
            (note,) = (await client.list_resources()).resources
            assert (note.uri, note.name) == ("note://a?b=c", "a"), "what hides something is not there"
            (template,) = (await client.list_resource_templates()).resource_templates
            assert template.uri_template == "note://{name}"
            (read,) = (await client.read_resource("note://x")).contents
            assert read.text == "read note://x"  # type: ignore[union-attr]
            assert [prompt.name for prompt in (await client.list_prompts()).prompts] == ["greet"]
            got = await client.get_prompt("greet", {"who": "Anna"})
            assert got.messages[0].content.text == "Greet Anna."  # type: ignore[union-attr]
            prompt = PromptReference(type="ref/prompt", name="greet")
            assert (await client.complete(prompt, {"name": "who", "value": "b"})).completion.values == ["berta"]
            one = ResourceTemplateReference(type="ref/resource", uri="note://{name}")
            assert (await client.complete(one, {"name": "name", "value": "b"})).completion.values == ["berta"]
            with pytest.raises(MCPError, match="no prompt"):
                await client.get_prompt("small__greet", {"who": "x"})


async def test_who_may_not_call_its_tools_finds_nothing(folder: str) -> None:
    async with daemon(folder, small=SmallServer(folder).table()) as served:
        await until(served, "small", up)
        mounts, stranger = served.parts.get(McpMounts), token("tools")
        resources, prompts = ServerResources(mounts, "small"), ServerPrompts(mounts, "small")
        assert [*resources.templates(stranger), *await resources.resources(stranger)] == []
        assert await resources.read(stranger, "note://x") is None and not await prompts.prompts(stranger)
        assert await prompts.messages(stranger, "greet", {"who": "x"}, None) is None
        assert await prompts.completions(stranger, "greet", "who", "a") == ()
        assert await resources.completions(stranger, "note://{name}", "name", "a") == ()
