"""Conversations as resources: of whoever had them, and of nobody else."""

import getpass

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import ResourceTemplateReference

from tests.triforce_daemon.mcp_server.connecting import connected
from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.caller import Caller
from triforce_daemon.mcp_server.session_resources import SessionResources
from triforce_daemon.services.sessions import Sessions


async def test_a_conversation_is_read_as_markdown(served: ServedDaemon) -> None:
    done = (await served.turn("Why?"))[-1]
    source, uri = SessionResources(served.parts.get(Sessions)), f"triforce://sessions/{done['session']}"
    owner = _owner(served)
    assert [one.uri for one in await source.resources(owner)] == [uri]
    text = await source.read(owner, uri)
    assert text and "## You\n\nWhy?" in text and "Hello there" in text
    assert await source.completions(owner, source.templates(owner)[0].uri, "id", done["session"][:3]) == [
        done["session"]
    ]
    assert await source.read(owner, "triforce://memory/1") is None


async def test_somebody_else_finds_nothing(served: ServedDaemon) -> None:
    done = (await served.turn("Why?"))[-1]
    uri = f"triforce://sessions/{done['session']}"
    async with connected(served, await served.token("tools", "sessions")) as client:
        assert uri not in [one.uri for one in (await client.list_resources()).resources]
        with pytest.raises(MCPError, match="no session"):
            await client.read_resource(uri)
        reference = ResourceTemplateReference(uri="triforce://sessions/{id}")
        found = await client.complete(reference, {"name": "id", "value": ""})
        assert found.completion.values == []
    async with connected(served, await served.token("tools", name="narrow")) as client:
        with pytest.raises(MCPError, match="no resource"):
            await client.read_resource(uri)


def _owner(served: ServedDaemon) -> Caller:
    return Caller(kind="owner", name=getpass.getuser())
