"""The caller's kept prompts as resources: `triforce://prompts/{name}` is the newest version's text."""

from collections.abc import Callable, Sequence

from triforce_daemon.access.caller import Caller
from triforce_daemon.mcp_server.shelf import Resource, Template
from triforce_daemon.services.prompts import Prompts
from triforce_daemon.wire.prompts import Prompt

_PLACE = "triforce://prompts/"
_KIND = "text/plain"


class PromptResources:
    _templates: Sequence[Template] = (
        Template(_PLACE + "{name}", "prompt", "A prompt that you keep, as its text with gaps.", _KIND),
    )

    def __init__(self, kept: Prompts, may: Callable[[Caller], bool]) -> None:
        """`may`: whether somebody may read his prompts."""
        self._kept = kept
        self._may = may

    def templates(self, caller: Caller) -> Sequence[Template]:
        return self._templates

    async def resources(self, caller: Caller) -> Sequence[Resource]:
        return [Resource(_PLACE + one["name"], one["name"], said_of(one), _KIND) for one in await self._all(caller)]

    async def read(self, caller: Caller, uri: str) -> str | None:
        if not uri.startswith(_PLACE) or not self._may(caller):
            return None
        return (await self._kept.get(caller, uri.removeprefix(_PLACE)))["content"]

    async def completions(self, caller: Caller, template: str, argument: str, begun: str) -> Sequence[str]:
        if template != self._templates[0].uri:
            return ()
        return [one["name"] for one in await self._all(caller) if one["name"].startswith(begun)]

    async def _all(self, caller: Caller) -> Sequence[Prompt]:
        return (await self._kept.all(caller))["items"] if self._may(caller) else ()


def said_of(prompt: Prompt) -> str:
    """What a list says of it beside its name."""
    tags = f"; {', '.join(prompt['tags'])}" if prompt["tags"] else ""
    return f"Version {prompt['version']}{tags}"
