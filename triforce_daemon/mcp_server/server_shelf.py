"""Resources and prompts of one mounted server, by its own addresses and names."""

from collections.abc import Mapping, Sequence
from typing import Any

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import ToolFailed, ToolUnavailable
from triforce_daemon.mcp_client.plain_text import hides, plain, plain_line
from triforce_daemon.mcp_client.read_items import NOTHING, Reading
from triforce_daemon.mcp_server.shelf import Prompt, PromptArgument, Resource, Template
from triforce_daemon.services.mcp_servers.mounted_server import MountedServer
from triforce_daemon.services.mcp_servers.mounts import McpMounts
from triforce_daemon.toolbox.client import Client

_LONGEST_URI = 2_000
_LONGEST_NAME = 200
_LONGEST_DESCRIPTION = 2_000


class _OfServer:
    def __init__(self, mounts: McpMounts, name: str) -> None:
        self._mounts = mounts
        self.name = name

    def _server(self, caller: Caller) -> MountedServer | None:
        """None where the caller may see nothing of it: as of its tools."""
        return self._mounts.find(self.name) if caller.may("tools:mounted") else None

    def _reading(self, caller: Caller) -> Reading:
        server = self._server(caller)
        return server.reading if server is not None else NOTHING

    async def _words(self, caller: Caller, kind: str, name: str, argument: str, begun: str) -> Sequence[str]:
        server = self._server(caller)
        if server is None:
            return ()
        try:
            return [plain_line(word, _LONGEST_NAME) for word in await server.complete(kind, name, argument, begun)]
        except (ToolUnavailable, ToolFailed):
            return ()


class ServerResources(_OfServer):
    def templates(self, caller: Caller) -> Sequence[Template]:
        return [
            Template(uri, _name(item), _description(item), _kind(item))
            for item in self._reading(caller).templates
            if (uri := _uri(item.get("uriTemplate"))) is not None
        ]

    async def resources(self, caller: Caller) -> Sequence[Resource]:
        return [
            Resource(uri, _name(item), _description(item), _kind(item))
            for item in self._reading(caller).resources
            if (uri := _uri(item.get("uri"))) is not None
        ]

    async def read(self, caller: Caller, uri: str) -> Sequence[Mapping[str, Any]] | None:
        server = self._server(caller)
        if server is None:
            return None
        return [{**item, "uri": _uri(item.get("uri")) or uri} for item in await server.read(uri)]

    async def completions(self, caller: Caller, template: str, argument: str, begun: str) -> Sequence[str]:
        return await self._words(caller, "template", template, argument, begun)


class ServerPrompts(_OfServer):
    async def prompts(self, caller: Caller) -> Sequence[Prompt]:
        return [
            Prompt(str(item["name"]), _description(item), _arguments(item))
            for item in self._reading(caller).prompts
            if not hides(str(item["name"]))
        ]

    async def messages(
        self, caller: Caller, name: str, arguments: Mapping[str, str], client: Client | None
    ) -> Sequence[Mapping[str, Any]] | None:
        server = self._server(caller)
        if server is None or name not in [one.name for one in await self.prompts(caller)]:
            return None
        return await server.prompt(caller, name, arguments, client)

    async def completions(self, caller: Caller, prompt: str, argument: str, begun: str) -> Sequence[str]:
        return await self._words(caller, "prompt", prompt, argument, begun)


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
