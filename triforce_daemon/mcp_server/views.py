"""Which tools a caller sees at an address; the list is written once for all who see the same."""

from collections.abc import Hashable
from typing import Any, Protocol

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import ToolNotFound
from triforce_daemon.mcp_server.tool_words import tool_entry
from triforce_daemon.toolbox import meta_tool
from triforce_daemon.toolbox.admission import may
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.entry import Entry
from triforce_daemon.toolbox.toolsets import ALL, Toolsets

#: Views that are kept written at the same time: tiers, scopes and toolsets differ, and callers make them up.
_MOST = 256


class View(Protocol):
    """What callers see at an address."""

    def written(self, caller: Caller, toolset: str) -> bytes:
        """The JSON array of `tools/list`. Raises NotFound."""
        ...

    def find(self, toolset: str, name: str, arguments: dict[str, Any]) -> tuple[Entry, dict[str, Any]]:
        """The tool of that name, with its arguments. Raises NotFound, InvalidArguments."""
        ...


class Views:
    def __init__(self, catalog: Catalog, toolsets: Toolsets) -> None:
        self._catalog = catalog
        self._toolsets = toolsets
        self._written: dict[Hashable, bytes] = {}
        self._version = catalog.version

    def entries(self, caller: Caller, toolset: str) -> list[Entry]:
        """The tools that the caller may call, in the catalog's order. Raises NotFound for a set that is none."""
        return [entry for entry in self._toolsets.chosen(toolset.split(",")) if may(caller, entry)]

    def find(self, toolset: str, name: str, arguments: dict[str, Any]) -> tuple[Entry, dict[str, Any]]:
        """A tool of the set, or the one that is meant by `tool_call`, with its arguments.

        Raises ToolNotFound, also for one that exists and is not in the set; InvalidArguments.
        """
        if name == meta_tool.NAME and meta_tool.serves(toolset):
            meant, given = meta_tool.unwrapped(arguments)
            return self._catalog.find(meant), given
        entry = self._catalog.find(name)
        if toolset != ALL and entry not in self._toolsets.chosen(toolset.split(",")):
            raise ToolNotFound(f"The toolset {toolset} holds no tool {name}.", "Ask at an address that holds it.")
        return entry, arguments

    def written(self, caller: Caller, toolset: str) -> bytes:
        """The same entries as the JSON array of `tools/list`. Raises NotFound."""
        if self._version != self._catalog.version:
            self._written.clear()
            self._version = self._catalog.version
        tier = caller.tier.name if caller.tier is not None else None
        key = (toolset, tier, caller.is_owner or caller.scopes, caller.is_admin)
        found = self._written.get(key)
        if found is None:
            if len(self._written) >= _MOST:
                self._written.clear()
            listed = [tool_entry(entry) for entry in self.entries(caller, toolset)]
            found = orjson.dumps([*listed, *([meta_tool.ENTRY] if meta_tool.serves(toolset) else [])])
            self._written[key] = found
        return found
