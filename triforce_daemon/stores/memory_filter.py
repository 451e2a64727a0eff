"""Which entries of somebody's memory are meant."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_

from triforce_daemon.stores.tables import memories


@dataclass(frozen=True, slots=True)
class MemoryFilter:
    """What is current, not forgotten and not past its end, and fits all that is given. Moments are in ms."""

    owner: str
    now: int
    type: str | None = None
    tags: tuple[str, ...] = ()
    any_tag: bool = False
    project: str | None = None
    min_confidence: float = 0
    since: int | None = None
    before: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found = [memories.c.owner == self.owner, *alive(self.now)]
        if self.type is not None:
            found.append(memories.c.type == self.type)
        if self.project is not None:
            found.append(memories.c.project == self.project)
        if self.min_confidence > 0:
            found.append(memories.c.confidence >= self.min_confidence)
        if self.since is not None:
            found.append(memories.c.created >= self.since)
        if self.before is not None:
            found.append(memories.c.created < self.before)
        tagged = [memories.c.tags.contains(f"\n{tag}\n", autoescape=True) for tag in self.tags]
        return [*found, or_(*tagged)] if self.any_tag and tagged else [*found, *tagged]


def alive(now: int) -> list[ColumnElement[bool]]:
    return [
        memories.c.current == 1,
        memories.c.forgotten.is_(None),
        or_(memories.c.expires.is_(None), memories.c.expires > now),
    ]
