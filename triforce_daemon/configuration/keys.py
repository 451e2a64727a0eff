"""The settings as keys, each with its environment variable, its type and its words.

Most have one fixed name, `builtin.context`. Some sections hold a table for each name that the user chooses; their keys
have three parts: `providers.groq.base_url`.
"""

import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from pydantic.fields import FieldInfo

from triforce_daemon.settings import ALL, Section, Settings

#: What stands for the name in a key that is only talked about.
ANY = "NAME"


@dataclass(frozen=True, slots=True)
class Key:
    #: The tables that lead to it: ("builtin",) or ("providers", "groq").
    table: tuple[str, ...]
    field: str
    info: FieldInfo

    @property
    def section(self) -> str:
        return self.table[0]

    @property
    def path(self) -> tuple[str, ...]:
        return (*self.table, self.field)

    @property
    def name(self) -> str:
        return ".".join(self.path)

    @property
    def at_once(self) -> bool:
        """Whether a daemon that runs takes it over."""
        return bool({ALL, self.field} & _model(self.section).at_once)

    @property
    def by_hand(self) -> bool:
        """Whether no tool sets it."""
        return bool({ALL, self.field} & _model(self.section).by_hand)

    @property
    def environment(self) -> str:
        return environment(self.name)

    @property
    def description(self) -> str:
        return " ".join(_model(self.section).meanings().get(self.field, "").split())

    @property
    def type_name(self) -> str:
        """The type in a person's words: `integer`, `one of json, text`."""
        hint = self.info.annotation
        if typing.get_origin(hint) is typing.Literal:
            return "one of " + ", ".join(str(choice) for choice in typing.get_args(hint) if choice)
        if typing.get_origin(hint) is list:
            return "list of text"
        names = {bool: "true or false", int: "integer", float: "number", str: "text"}
        return names.get(typing.cast(type, hint), str(hint))

    @property
    def default(self) -> object:
        """None where there is none: it has to be set."""
        return None if self.info.is_required() else self.info.default

    def read(self, settings: Settings) -> object:
        """The value in `settings`, or the default where they have no table of that name."""
        holder = typing.cast(object, getattr(settings, self.section))
        for name in self.table[1:]:
            holder = typing.cast(dict[str, object], holder).get(name)
        return self.default if holder is None else getattr(holder, self.field)


@cache
def keys() -> dict[str, Key]:
    """Every key of a fixed name, in the order of the declaration."""
    return {key.name: key for key in _fixed()}


@cache
def named_sections() -> dict[str, type[Section]]:
    """The sections that hold a table for each name, and what such a table is."""
    sections: dict[str, type[Section]] = {}
    for section, holder in Settings.model_fields.items():
        if typing.get_origin(holder.annotation) is dict:
            sections[section] = typing.get_args(holder.annotation)[1]
    return sections


def named_keys(section: str, name: str = ANY) -> list[Key]:
    """The keys of one table of a section of `named_sections`."""
    return [Key((section, name), field, info) for field, info in named_sections()[section].model_fields.items()]


def is_table(name: str) -> bool:
    """Whether it is what a whole table of a section of `named_sections` would be called: `aliases.fast`."""
    section, _, table = name.partition(".")
    return section in named_sections() and bool(table) and "." not in table


def file_only(name: str) -> bool:
    """Whether the key or table of that name is written in the file by hand, and by nobody who asks for it."""
    section = name.partition(".")[0]
    return section in Settings.model_fields and _model(section).file_only


def find(name: str) -> Key | None:
    """The key of that name; None where there is none. Whether a table may have such a name, the settings decide."""
    section, _, rest = name.partition(".")
    if section not in named_sections():
        return keys().get(name)
    table, _, field = rest.rpartition(".")
    return next((key for key in named_keys(section, table) if table and key.field == field), None)


def find_variable(wanted: str, tables: Iterable[tuple[str, str]]) -> Key | None:
    """The key that an environment variable sets; None where it sets none.

    A variable cannot tell - from _: of `tables` (section, name), which exist already, the one that fits is meant.
    """
    for key in keys().values():
        if key.environment == wanted:
            return key
    for section in named_sections():
        for key in named_keys(section):
            before, after = f"{environment(section)}_", f"_{key.field}".upper()
            name = wanted.removeprefix(before).removesuffix(after).lower()
            if wanted == f"{before}{name.upper()}{after}" and name:
                fits = (other for table, other in tables if table == section and other.replace("-", "_") == name)
                return Key((section, next(fits, name)), key.field, key.info)
    return None


def environment(name: str) -> str:
    """The variable that sets the key of that name."""
    return f"TRIFORCE_{name}".upper().replace("-", "_").replace(".", "_")


def all_keys() -> list[Key]:
    """Everything that can be set, with `NAME` where the user chooses one."""
    return [*keys().values(), *(key for section in named_sections() for key in named_keys(section))]


def _model(section: str) -> type[Section]:
    """What the section is, or each of its tables."""
    named = named_sections().get(section)
    return named or typing.cast(type[Section], Settings.model_fields[section].annotation)


def at_once_sections() -> set[str]:
    """The sections of which a daemon that runs takes something over."""
    return {section for section in Settings.model_fields if _model(section).at_once}


def _fixed() -> Iterator[Key]:
    for section, holder in Settings.model_fields.items():
        if section not in named_sections():
            model = typing.cast(type[Section], holder.annotation)
            for field, info in model.model_fields.items():
                yield Key((section,), field, info)
