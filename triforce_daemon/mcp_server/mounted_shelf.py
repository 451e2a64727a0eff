"""Resources and prompts of mounted servers, among those of the daemon: `mounted://SERVER/…` and `SERVER__PROMPT`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import ToolFailed, ToolUnavailable
from triforce_daemon.mcp_client.offer import full_name
from triforce_daemon.mcp_client.plain_text import hides, plain, plain_line
from triforce_daemon.mcp_server.shelf import Content, Prompt, PromptArgument, Resource, Template
from triforce_daemon.services.mcp_servers.mounted_server import MountedServer
from triforce_daemon.services.mcp_servers.mounts import McpMounts
from triforce_daemon.toolbox.client import Client

_PLACE = "mounted://"
_LONGEST_URI = 2_000
_LONGEST_NAME = 200
_LONGEST_DESCRIPTION = 2_000


class MountedResources:
    def __init__(self, mounts: McpMounts) -> None:
        self._mounts = mounts

    def templates(self, caller: Caller) -> Sequence[Template]:
        return [
            Template(_at(server, uri), _name(item), _description(item), _kind(item))
            for server in _of(self._mounts, caller)
            for item in server.reading.templates
            if (uri := _uri(item.get("uriTemplate"))) is not None
        ]

    async def resources(self, caller: Caller) -> Sequence[Resource]:
        return [
            Resource(_at(server, uri), _name(item), _description(item), _kind(item))
            for server in _of(self._mounts, caller)
            for item in server.reading.resources
            if (uri := _uri(item.get("uri"))) is not None
        ]

    async def read(self, caller: Caller, uri: str) -> Content | None:
        found = self._found(caller, uri)
        if found is None:
            return None
        server, own = found
        items = await server.read(own)
        # Whatever address the server writes there, what is read is told by the one that it was asked by.
        return [{**item, "uri": _at(server, _uri(item.get("uri")) or own)} for item in items]

    async def completions(self, caller: Caller, template: str, argument: str, begun: str) -> Sequence[str]:
        found = self._found(caller, template)
        return await _words(found, "template", argument, begun)

    def _found(self, caller: Caller, uri: str) -> tuple[MountedServer, str] | None:
        name, slash, own = uri.removeprefix(_PLACE).partition("/")
        if not uri.startswith(_PLACE) or not slash:
            return None
        return next(((server, own) for server in _of(self._mounts, caller) if server.name == name), None)


class MountedPrompts:
    def __init__(self, mounts: McpMounts) -> None:
        self._mounts = mounts

    async def prompts(self, caller: Caller) -> Sequence[Prompt]:
        return [
            Prompt(full_name(server.name, str(item["name"])), _description(item), _arguments(item))
            for server in _of(self._mounts, caller)
            for item in server.reading.prompts
        ]

    async def messages(
        self, caller: Caller, name: str, arguments: Mapping[str, str], client: Client | None
    ) -> Sequence[Mapping[str, Any]] | None:
        found = self._found(caller, name)
        return await found[0].prompt(found[1], arguments) if found is not None else None

    async def completions(self, caller: Caller, prompt: str, argument: str, begun: str) -> Sequence[str]:
        return await _words(self._found(caller, prompt), "prompt", argument, begun)

    def _found(self, caller: Caller, name: str) -> tuple[MountedServer, str] | None:
        return next(
            (
                (server, str(item["name"]))
                for server in _of(self._mounts, caller)
                for item in server.reading.prompts
                if full_name(server.name, str(item["name"])) == name
            ),
            None,
        )


def _of(mounts: McpMounts, caller: Caller) -> Iterator[MountedServer]:
    """Those of whose things the caller may see any: as of their tools."""
    return (server for server in mounts if caller.may("tools:mounted"))


async def _words(found: tuple[MountedServer, str] | None, kind: str, argument: str, begun: str) -> Sequence[str]:
    if found is None:
        return ()
    server, own = found
    try:
        return [plain_line(word, _LONGEST_NAME) for word in await server.complete(kind, own, argument, begun)]
    except (ToolUnavailable, ToolFailed):
        return ()


def _at(server: MountedServer, uri: str) -> str:
    return f"{_PLACE}{server.name}/{uri}"


def _uri(said: object) -> str | None:
    """None for what is no address that anybody could read."""
    fits = isinstance(said, str) and 0 < len(said) <= _LONGEST_URI and not hides(said) and said.isprintable()
    return str(said) if fits else None


def _name(item: Mapping[str, Any]) -> str:
    return plain_line(str(item.get("name", "")), _LONGEST_NAME)


def _description(item: Mapping[str, Any]) -> str | None:
    told = item.get("description")
    return plain(told)[:_LONGEST_DESCRIPTION] if isinstance(told, str) else None


def _kind(item: Mapping[str, Any]) -> str:
    return plain_line(str(item.get("mimeType", "text/plain")), _LONGEST_NAME)


def _arguments(item: Mapping[str, Any]) -> Sequence[PromptArgument]:
    return [
        PromptArgument(_name(one), _description(one), one.get("required") is True) for one in item.get("arguments", [])
    ]
