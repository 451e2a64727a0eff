"""Resources and prompts of a mounted server, read by the official client."""

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import PromptReference, ResourceTemplateReference

from tests.triforce_daemon.mcp_client.small_server import SmallServer
from tests.triforce_daemon.mcp_server.connecting import connected
from tests.triforce_daemon.services.mcp_servers.test_mounts import daemon, until, up


async def test_what_a_server_has_is_read_where_it_stands(folder: str) -> None:
    async with daemon(folder, small=SmallServer(folder).table()) as served:
        await until(served, "small", up)
        async with connected(served, await served.token("tools:mounted")) as client:
            (note,) = (one for one in (await client.list_resources()).resources if one.uri.startswith("mounted://"))
            assert (note.uri, note.name, note.mime_type) == ("mounted://small/note://a?b=c", "a", "text/x-note")
            templates = (await client.list_resource_templates()).resource_templates
            assert "mounted://small/note://{name}" in [template.uri_template for template in templates]
            (read,) = (await client.read_resource("mounted://small/note://x")).contents
            assert read.text == "read note://x" and read.mime_type == "text/x-note"  # type: ignore[union-attr]
            assert read.uri == "mounted://small/triforce://sessions/1", "it cannot pass for another's"
            (greet,) = (await client.list_prompts()).prompts
            assert greet.name == "small__greet" and greet.arguments is not None and greet.arguments[0].required
            got = await client.get_prompt("small__greet", {"who": "Anna"})
            assert got.messages[0].content.text == "Greet Anna."  # type: ignore[union-attr]
            prompt = PromptReference(type="ref/prompt", name="small__greet")
            completed = await client.complete(prompt, {"name": "who", "value": "an"})
            assert completed.completion.values == ["anna", "anton"]
            template = ResourceTemplateReference(type="ref/resource", uri="mounted://small/note://{name}")
            completed = await client.complete(template, {"name": "name", "value": "b"})
            assert completed.completion.values == ["berta"]
            for uri in ("mounted://other/note://x", "mounted://small", "note://x"):
                with pytest.raises(MCPError, match="no resource"):
                    await client.read_resource(uri)


async def test_nothing_of_it_is_for_whoever_may_not_call_its_tools(folder: str) -> None:
    async with daemon(folder, small=SmallServer(folder).table()) as served:
        await until(served, "small", up)
        async with connected(served, await served.token("tools")) as client:
            seen = str([await client.list_resources(), await client.list_prompts()])
            assert "mounted://" not in seen and "small__" not in seen
            assert "mounted://" not in str(await client.list_resource_templates())
            with pytest.raises(MCPError, match="no resource"):
                await client.read_resource("mounted://small/note://x")
            with pytest.raises(MCPError, match="no prompt"):
                await client.get_prompt("small__greet", {"who": "x"})
