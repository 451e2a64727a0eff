"""What a daemon that runs takes over of a configuration that was read anew, and what has to wait for its next start."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from triforce_daemon.configuration.keys import Key, find, named_sections
from triforce_daemon.configuration.sources import Configuration
from triforce_daemon.settings import Section, Settings
from triforce_daemon.wire.config import Origin

#: Whether the setting of that name is meant.
Wanted = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Takeover:
    #: With which the daemon goes on.
    configuration: Configuration
    #: The names of the settings that it takes over, and of those that differ all the same.
    taken: list[str]
    waiting: list[str]

    @property
    def sections(self) -> list[str]:
        """Where something is new."""
        return list(dict.fromkeys(name.partition(".")[0] for name in self.taken))


def below(place: str) -> Wanted:
    """The setting of that name, or all of a table: `aliases.fast`."""
    return lambda name: name == place or name.startswith(place + ".")


def takeover(running: Configuration, fresh: Configuration, wanted: Wanted = lambda _: True) -> Takeover:
    """Of what is wanted, all that may be taken over at once; the rest stays as it is."""
    differing = [key for key in _keys(running, fresh) if _state(key, running) != _state(key, fresh)]
    taken = [key for key in differing if key.at_once and wanted(key.name)]
    settings = running.settings.model_copy(update=dict(_sections(running.settings, fresh.settings, taken)))
    origins = {name: origin for name, origin in running.origins.items() if all(name != key.name for key in taken)}
    found: dict[str, Origin] = {key.name: origin for key in taken if (origin := fresh.origins.get(key.name))}
    return Takeover(
        replace(running, settings=settings, origins={**origins, **found}, file_exists=fresh.file_exists),
        _worth_telling(taken, running, fresh),
        _worth_telling((key for key in differing if not key.at_once and wanted(key.name)), running, fresh),
    )


def _keys(*configurations: Configuration) -> list[Key]:
    """All that is set in one of them, and those of a fixed name."""
    names = dict.fromkeys(name for configuration in configurations for name in configuration.origins)
    return [key for name in names if (key := find(name)) is not None]


def _state(key: Key, configuration: Configuration) -> tuple[object, ...]:
    """What a setting comes to, and where from; a table that is not there is another thing than one of defaults."""
    there = len(key.table) == 1 or key.table[1] in getattr(configuration.settings, key.section)
    return there, key.read(configuration.settings), configuration.origins.get(key.name, "default")


def _worth_telling(keys: Iterable[Key], before: Configuration, after: Configuration) -> list[str]:
    """Not those whose value is the same and only comes from somewhere else."""
    return [key.name for key in keys if _state(key, before)[:2] != _state(key, after)[:2]]


def _sections(running: Settings, fresh: Settings, taken: Iterable[Key]) -> Iterable[tuple[str, object]]:
    """The sections as they are with what was taken over."""
    by_section: dict[str, list[Key]] = {}
    for key in taken:
        by_section.setdefault(key.section, []).append(key)
    for section, keys in by_section.items():
        before, after = getattr(running, section), getattr(fresh, section)
        if section in named_sections():
            yield section, _tables(before, after, dict.fromkeys(key.table[1] for key in keys))
        else:
            yield section, before.model_copy(update={key.field: getattr(after, key.field) for key in keys})


def _tables(before: dict[str, Section], after: dict[str, Section], names: Iterable[str]) -> dict[str, Any]:
    tables = dict(before)
    for name in names:
        if name in after:
            tables[name] = after[name]
        else:
            tables.pop(name, None)
    return tables
