"""The caller's entries of memory as resources: `triforce://memory/{id}` is one of them in Markdown."""

from collections.abc import Callable, Sequence

from triforce_daemon.access.caller import Caller
from triforce_daemon.mcp_server.shelf import Resource, Template
from triforce_daemon.services.memory import Memories
from triforce_daemon.services.memory_search import MemorySearch
from triforce_daemon.wire.memory import Memory

_PLACE = "triforce://memory/"
_KIND = "text/markdown"
#: So many are listed; the others are found by their id, or by the tool that searches.
_LISTED = 50
#: So much of what an entry says is its name.
_NAMED = 60


class MemoryResources:
    _templates: Sequence[Template] = (
        Template(_PLACE + "{id}", "memory", "An entry of your memory, by its id or the beginning of it.", _KIND),
    )

    def __init__(self, memories: Memories, search: MemorySearch, may: Callable[[Caller], bool]) -> None:
        """`may`: whether somebody may read his memory."""
        self._memories = memories
        self._search = search
        self._may = may

    def templates(self, caller: Caller) -> Sequence[Template]:
        return self._templates

    async def resources(self, caller: Caller) -> Sequence[Resource]:
        return [Resource(_PLACE + one["id"], _name(one), one["type"], _KIND) for one in await self._newest(caller)]

    async def read(self, caller: Caller, uri: str) -> str | None:
        if not uri.startswith(_PLACE) or not self._may(caller):
            return None
        return _page(await self._memories.show(caller, uri.removeprefix(_PLACE)))

    async def completions(self, caller: Caller, template: str, argument: str, begun: str) -> Sequence[str]:
        if template != self._templates[0].uri:
            return ()
        return [one["id"] for one in await self._newest(caller) if one["id"].startswith(begun)]

    async def _newest(self, caller: Caller) -> Sequence[Memory]:
        return (await self._search.find(caller, {"limit": _LISTED}))["items"] if self._may(caller) else ()


def _name(entry: Memory) -> str:
    line = " ".join(entry["content"].split())
    return line if len(line) <= _NAMED else line[: _NAMED - 1] + "…"


def _page(entry: Memory) -> str:
    facts = {
        "id": entry["id"],
        "project": entry["project"],
        "tags": ", ".join(entry["tags"]),
        "confidence": f"{entry['confidence']:.2f}",
        "importance": entry["importance"],
        "version": str(entry["version"]),
        "by": entry["by"],
        "created": entry["created"],
        "expires": entry["expires"],
    }
    lines = [f"- {name}: {value}" for name, value in facts.items() if value]
    return "\n\n".join([f"# {entry['type']}", entry["content"], "\n".join(lines)]) + "\n"
