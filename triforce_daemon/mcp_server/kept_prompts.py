"""The caller's kept prompts as prompts of MCP: their gaps are the arguments."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidRequest, PromptNotFound
from triforce_daemon.mcp_server.prompt_resources import said_of
from triforce_daemon.mcp_server.shelf import Prompt, PromptArgument
from triforce_daemon.services.prompts import Prompts
from triforce_daemon.toolbox.client import Client


class KeptPrompts:
    def __init__(self, kept: Prompts, may: Callable[[Caller], bool]) -> None:
        """`may`: whether somebody may use his prompts."""
        self._kept = kept
        self._may = may

    async def prompts(self, caller: Caller) -> Sequence[Prompt]:
        if not self._may(caller):
            return ()
        return [
            Prompt(one["name"], said_of(one), [PromptArgument(gap) for gap in one["variables"]])
            for one in (await self._kept.all(caller))["items"]
        ]

    async def messages(
        self, caller: Caller, name: str, arguments: Mapping[str, str], client: Client | None
    ) -> Sequence[Mapping[str, Any]] | None:
        """With its gaps filled; None where the caller keeps no such prompt. Raises InvalidRequest, StorageFailed."""
        if not self._may(caller):
            return None
        try:
            rendered = await self._kept.render(caller, name, {"variables": dict(arguments)})
        except PromptNotFound:
            return None
        if rendered["missing"]:
            raise InvalidRequest(f"The prompt {name} needs: {', '.join(rendered['missing'])}.", None)
        return [{"role": "user", "content": {"type": "text", "text": rendered["text"]}}]

    async def completions(self, caller: Caller, prompt: str, argument: str, begun: str) -> Sequence[str]:
        """None: what stands in a gap is anything."""
        return ()
