"""The settings as a flat list of keys, each with its environment variable, its type and its words."""

import re
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pydantic.fields import FieldInfo

from triforce_daemon.settings import Provider, Section, Settings

#: The one section that holds a table for each name, of the catalog's or of the user's own: `providers.groq.base_url`.
NAMED = "providers"

#: What a provider of one's own may be called: it becomes the first part of a model's id.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


@dataclass(frozen=True, slots=True)
class Key:
    table: tuple[str, ...]
    field: str
    info: FieldInfo

    @property
    def path(self) -> tuple[str, ...]:
        return (*self.table, self.field)

    @property
    def name(self) -> str:
        return ".".join(self.path)

    @property
    def environment(self) -> str:
        return "_".join(("TRIFORCE", *self.path)).upper().replace("-", "_")

    @property
    def description(self) -> str:
        return self.info.description or ""

    @property
    def type_name(self) -> str:
        """The type in a person's words: `integer`, `one of json, text`."""
        hint = self.info.annotation
        if typing.get_origin(hint) is typing.Literal:
            return "one of " + ", ".join(str(choice) or '""' for choice in typing.get_args(hint))
        names = {bool: "true or false", int: "integer", float: "number", str: "text"}
        return names.get(typing.cast(type, hint), str(hint))

    def read(self, settings: Settings) -> object:
        """The value in `settings`; of a provider that they do not mention, the default."""
        if self.table[0] == NAMED:
            return getattr(settings.providers.get(self.table[1], Provider()), self.field)
        return getattr(getattr(settings, self.table[0]), self.field)


@cache
def keys() -> dict[str, Key]:
    """Every key that has a fixed name, in the order of the declaration."""
    return {key.name: key for key in _walk()}


def find(name: str) -> Key | None:
    """The key of that name, fixed or of a provider; None where there is none."""
    fixed = keys().get(name)
    if fixed is not None:
        return fixed
    section, _, rest = name.partition(".")
    owner, _, field = rest.rpartition(".")
    if section == NAMED and field in Provider.model_fields and _NAME.fullmatch(owner):
        return Key((NAMED, owner), field, Provider.model_fields[field])
    return None


def find_variable(variable: str) -> Key | None:
    """The key that an environment variable sets; None where it sets none."""
    for key in keys().values():
        if key.environment == variable:
            return key
    prefix = f"TRIFORCE_{NAMED}_".upper()
    for field in Provider.model_fields:
        suffix = f"_{field}".upper()
        if variable.startswith(prefix) and variable.endswith(suffix):
            owner = variable[len(prefix) : -len(suffix)].lower()
            return find(f"{NAMED}.{owner}.{field}")
    return None


def of_provider(name: str) -> list[Key]:
    """The keys of one provider."""
    return [Key((NAMED, name), field, info) for field, info in Provider.model_fields.items()]


def _walk() -> Iterator[Key]:
    for section, holder in Settings.model_fields.items():
        if section == NAMED:
            continue
        model = typing.cast(type[Section], holder.annotation)
        for field, info in model.model_fields.items():
            yield Key((section,), field, info)
