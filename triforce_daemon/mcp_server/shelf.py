"""What clients may read beside calling tools: resources by their address, and prompts by their name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from triforce_daemon.access.caller import Caller
from triforce_daemon.toolbox.client import Client


@dataclass(frozen=True, slots=True)
class Resource:
    uri: str
    name: str
    description: str | None = None
    mime_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Template:
    """Resources whose address holds a word, as RFC 6570 writes it: `triforce://sessions/{id}`."""

    uri: str
    name: str
    description: str | None = None
    mime_type: str = "text/plain"


#: A text, bytes, or contents in the words of MCP.
Content = str | bytes | Sequence[Mapping[str, Any]]


class ResourceSource(Protocol):
    def templates(self, caller: Caller) -> Sequence[Template]:
        """Those of which the caller may read something."""
        ...

    async def resources(self, caller: Caller) -> Sequence[Resource]:
        """What the caller may read. Raises StorageFailed."""
        ...

    async def read(self, caller: Caller, uri: str) -> Content | None:
        """None where it is not one of these. Raises NotFound, Forbidden, StorageFailed."""
        ...

    async def completions(self, caller: Caller, template: str, argument: str, begun: str) -> Sequence[str]:
        """Words for a template's argument that begin so."""
        ...


@dataclass(frozen=True, slots=True)
class PromptArgument:
    name: str
    description: str | None = None
    required: bool = True


@dataclass(frozen=True, slots=True)
class Prompt:
    name: str
    description: str | None = None
    arguments: Sequence[PromptArgument] = ()


class PromptSource(Protocol):
    async def prompts(self, caller: Caller) -> Sequence[Prompt]:
        """What the caller may use. Raises StorageFailed."""
        ...

    async def messages(
        self, caller: Caller, name: str, arguments: Mapping[str, str], client: Client | None
    ) -> Sequence[Mapping[str, Any]] | None:
        """The prompt as messages of MCP; None where it is not one of these. Raises InputRequired, StorageFailed."""
        ...

    async def completions(self, caller: Caller, prompt: str, argument: str, begun: str) -> Sequence[str]:
        """Words for a prompt's argument that begin so."""
        ...


@dataclass(slots=True)
class Shelf:
    resources: list[ResourceSource] = field(default_factory=list[ResourceSource])
    prompts: list[PromptSource] = field(default_factory=list[PromptSource])
