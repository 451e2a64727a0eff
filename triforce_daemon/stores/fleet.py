"""The daemons that share a database: who of them runs, and what they change under each other's hands."""

from collections.abc import Awaitable, Callable, Collection
from typing import Protocol

from sqlalchemy import Select

#: Told the ids of rows that have changed; None: any of them may have.
Hear = Callable[[Collection[str] | None], Awaitable[None]]


class Fleet(Protocol):
    @property
    def number(self) -> int:
        """This daemon's own, for as long as it runs."""
        ...

    def others(self) -> Select[int]:
        """The numbers of those that run beside this one."""
        ...

    def on_change(self, table: str, hear: Hear) -> None:
        """`hear` is told of each change to the table, whoever made it, within moments of its commit."""
        ...
