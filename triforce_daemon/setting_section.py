"""What every group of settings is: a table of the file whose fields are declared, described and checked."""

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, ValidationInfo, field_validator

#: All settings of a section.
ALL = "*"


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    #: The settings that a daemon which runs takes over; the others hold from its next start.
    at_once: ClassVar[frozenset[str]] = frozenset()
    #: The settings that are set by hand alone, and by no tool: they may hold secrets, give rights, or have code run.
    by_hand: ClassVar[frozenset[str]] = frozenset()
    #: Whether they are written in the file alone: neither a tool changes them nor anybody else who asks the daemon to.
    file_only: ClassVar[bool] = False

    @field_validator("*", mode="before")
    @classmethod
    def _true_is_no_number(cls, value: object, info: ValidationInfo) -> object:
        wanted = cls.model_fields[info.field_name or ""].annotation
        if isinstance(value, bool) and (wanted is int or wanted is float):
            raise ValueError("true and false are no numbers")
        return value

    @classmethod
    def meanings(cls) -> dict[str, str]:
        """By setting, what stands below it in the source, which is read when somebody first asks."""
        found: dict[str, str] = {}
        for one in reversed(cls.__mro__):
            if issubclass(one, Section):
                found |= _meanings_of(one.__module__).get(one.__name__, {})
        return found

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler, /) -> dict[str, Any]:
        schema = handler(core_schema)
        fields = handler.resolve_ref_schema(schema)["properties"]
        for name, words in cls.meanings().items():
            fields[name]["description"] = words
        return schema


@cache
def _meanings_of(module: str) -> dict[str, dict[str, str]]:
    """By class and field: what the strings say that stand below the fields."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {one.name: dict(_said(one)) for one in tree.body if isinstance(one, ast.ClassDef)}


def _said(section: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(section.body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            words = below.value.value if isinstance(below.value, ast.Constant) else None
            if isinstance(words, str):
                yield field.target.id, inspect.cleandoc(words)
