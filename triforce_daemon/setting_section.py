"""What every group of settings is: a table of the file whose fields are declared, described and checked."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

#: All settings of a section.
ALL = "*"


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

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
