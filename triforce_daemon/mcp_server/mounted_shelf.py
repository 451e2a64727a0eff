"""Resources and prompts of mounted servers, among those of the daemon: `mounted://SERVER/…` and `SERVER__PROMPT`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from triforce_daemon.access.caller import Caller
from triforce_daemon.mcp_client.offer import full_name
from triforce_daemon.mcp_server.server_shelf import ServerPrompts, ServerResources
from triforce_daemon.mcp_server.shelf import Content, Prompt, Resource, Template
from triforce_daemon.services.mcp_servers.mounts import McpMounts
from triforce_daemon.toolbox.client import Client

_PLACE = "mounted://"


class MountedResources:
    def __init__(self, mounts: McpMounts) -> None:
        self._mounts = mounts

    def templates(self, caller: Caller) -> Sequence[Template]:
        return [replace(one, uri=_at(own.name, one.uri)) for own in self._all() for one in own.templates(caller)]

    async def resources(self, caller: Caller) -> Sequence[Resource]:
        return [replace(one, uri=_at(own.name, one.uri)) for own in self._all() for one in await own.resources(caller)]

    async def read(self, caller: Caller, uri: str) -> Content | None:
        name, own = _parts(uri)
        found = await ServerResources(self._mounts, name).read(caller, own) if name in self._names() else None
        # Whatever address the server writes there, what is read is told by one of its own.
        return [{**item, "uri": _at(name, str(item["uri"]))} for item in found] if found is not None else None

    async def completions(self, caller: Caller, template: str, argument: str, begun: str) -> Sequence[str]:
        name, own = _parts(template)
        if name not in self._names():
            return ()
        return await ServerResources(self._mounts, name).completions(caller, own, argument, begun)

    def _all(self) -> Iterator[ServerResources]:
        return (ServerResources(self._mounts, name) for name in self._names())

    def _names(self) -> list[str]:
        return [server.name for server in self._mounts]


class MountedPrompts:
    def __init__(self, mounts: McpMounts) -> None:
        self._mounts = mounts

    async def prompts(self, caller: Caller) -> Sequence[Prompt]:
        return [
            replace(one, name=full_name(own.name, one.name)) for own in self._all() for one in await own.prompts(caller)
        ]

    async def messages(
        self, caller: Caller, name: str, arguments: Mapping[str, str], client: Client | None
    ) -> Sequence[Mapping[str, Any]] | None:
        found = await self._found(caller, name)
        return await found[0].messages(caller, found[1], arguments, client) if found is not None else None

    async def completions(self, caller: Caller, prompt: str, argument: str, begun: str) -> Sequence[str]:
        found = await self._found(caller, prompt)
        return await found[0].completions(caller, found[1], argument, begun) if found is not None else ()

    async def _found(self, caller: Caller, name: str) -> tuple[ServerPrompts, str] | None:
        for own in self._all():
            for one in await own.prompts(caller):
                if full_name(own.name, one.name) == name:
                    return own, one.name
        return None

    def _all(self) -> Iterator[ServerPrompts]:
        return (ServerPrompts(self._mounts, server.name) for server in self._mounts)


def _at(server: str, uri: str) -> str:
    return f"{_PLACE}{server}/{uri}"


def _parts(uri: str) -> tuple[str, str]:
    """The server's name and its own address; two empty words for what is no such address."""
    name, slash, own = uri.removeprefix(_PLACE).partition("/")
    return (name, own) if uri.startswith(_PLACE) and slash else ("", "")
