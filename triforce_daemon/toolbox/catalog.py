"""All tools that there are, in one order, found by name."""

from collections.abc import Iterable, Iterator

from triforce_daemon.errors import ToolNotFound
from triforce_daemon.runtime.near import near
from triforce_daemon.toolbox.entry import Entry


class Catalog:
    """Tools of our own and of mounted servers; the order is that of their categories, and never changes by itself."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Raises ValueError where two tools have one name."""
        self._entries: dict[str, Entry] = {}
        self._former: dict[str, str] = {}
        #: Another number after each change: who has written a list anew knows whether it still holds.
        self.version = 0
        for entry in entries:
            self.add(entry)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: Entry) -> None:
        """Raises ValueError where its name is taken."""
        for name in (entry.name, *entry.declared.formerly):
            if name in self._entries or name in self._former:
                raise ValueError(f"two tools are called {name}")
        self.version += 1
        self._entries[entry.name] = entry
        self._former.update(dict.fromkeys(entry.declared.formerly, entry.name))

    def remove_server(self, server: str) -> None:
        """Forget what a mounted server offered."""
        self.version += 1
        for entry in [entry for entry in self if entry.server == server]:
            del self._entries[entry.name]

    def find(self, name: str) -> Entry:
        """The tool of that name, today's or a former one. Raises ToolNotFound with names that look like it."""
        entry = self._entries.get(self._former.get(name, name))
        if entry is None:
            alike = near(name, list(self._entries))
            hint = f"Did you mean {', '.join(alike)}?" if alike else "`triforce tools list` shows them."
            raise ToolNotFound(f"There is no tool {name}.", hint, near=alike)
        return entry

    def categories(self) -> dict[str, int]:
        """How many tools each category has, in order."""
        counted: dict[str, int] = {}
        for entry in self:
            counted[entry.category] = counted.get(entry.category, 0) + 1
        return counted
