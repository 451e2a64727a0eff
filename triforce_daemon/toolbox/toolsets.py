"""Toolsets: names for a part of the tools, so that a model is not given more of them than it needs."""

from collections.abc import Iterable, Mapping, Sequence

from triforce_daemon.errors import NotFound
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.entry import Entry

ALL = "all"
#: A handful of tools through which all the others are found; how they are called from there is MCP's matter.
SEARCH = "search"
META = ("tools_index", "tool_lookup", "whoami")


class Toolsets:
    """Every category is one; others come from the settings, as patterns of names."""

    def __init__(self, catalog: Catalog, own: Mapping[str, Sequence[str]]) -> None:
        self._catalog = catalog
        self._own = own

    def names(self) -> list[str]:
        return [ALL, SEARCH, *self._own, *self._catalog.categories()]

    def chosen(self, names: Iterable[str]) -> list[Entry]:
        """The tools of all sets named, in the catalog's order. Raises NotFound for a name that is no set."""
        wanted = frozenset[str]().union(*map(self._tools, names))
        return [entry for entry in self._catalog if entry.name in wanted]

    def _tools(self, name: str) -> frozenset[str]:
        if name == ALL:
            return frozenset(entry.name for entry in self._catalog)
        if name == SEARCH:
            return frozenset(META)
        if name in self._own:
            return frozenset(self._catalog.find(tool).name for tool in self._own[name])
        found = frozenset(entry.name for entry in self._catalog if entry.category == name)
        if not found:
            raise NotFound(f"There is no toolset {name}.", f"There are: {', '.join(self.names())}.")
        return found
