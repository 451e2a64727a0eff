"""The settings as a flat list of keys, each with its environment variable, its type and its words."""

import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pydantic.fields import FieldInfo

from triforce_daemon.settings import Section, Settings


@dataclass(frozen=True, slots=True)
class Key:
    section: str
    field: str
    info: FieldInfo

    @property
    def name(self) -> str:
        return f"{self.section}.{self.field}"

    @property
    def environment(self) -> str:
        return f"TRIFORCE_{self.section}_{self.field}".upper()

    @property
    def description(self) -> str:
        return self.info.description or ""

    @property
    def type_name(self) -> str:
        """The type in a person's words: `integer`, `one of json, text`."""
        hint = self.info.annotation
        if typing.get_origin(hint) is typing.Literal:
            return "one of " + ", ".join(str(choice) for choice in typing.get_args(hint))
        names = {bool: "true or false", int: "integer", float: "number", str: "text"}
        return names.get(typing.cast(type, hint), str(hint))

    def read(self, settings: Settings) -> object:
        return getattr(getattr(settings, self.section), self.field)


@cache
def keys() -> dict[str, Key]:
    """Every key by its name, in the order of the declaration."""
    return {key.name: key for key in _walk()}


def _walk() -> Iterator[Key]:
    for section, holder in Settings.model_fields.items():
        model = typing.cast(type[Section], holder.annotation)
        for field, info in model.model_fields.items():
            yield Key(section, field, info)
