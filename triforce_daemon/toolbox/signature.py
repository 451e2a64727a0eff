"""Reads a tool's function: what its caller sends, what the daemon provides, what it returns."""

import inspect
from collections.abc import Callable
from functools import cache, cached_property
from typing import Annotated, Any, NotRequired, Protocol, Required, cast, get_type_hints

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from pydantic_core import ErrorDetails
from typing_extensions import TypedDict

from triforce_daemon.errors import InvalidArguments
from triforce_daemon.toolbox.content import Content

_CONFIG = ConfigDict(extra="forbid", allow_inf_nan=False)


class Parameters(Protocol):
    """What a tool takes and returns, wherever it comes from."""

    @property
    def sent(self) -> list[str]:
        """The names of what the caller sends."""
        ...

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments as the tool takes them. Raises InvalidArguments."""
        ...

    def problems(self, given: dict[str, Any]) -> list[str]:
        """All that does not fit of the arguments, a sentence each."""
        ...

    def input_schema(self) -> dict[str, Any]: ...

    def output_schema(self) -> dict[str, Any] | None: ...


class Signature:
    """Cheap to make; what validates and describes is built when it is first needed, for there are many tools."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._parameters = inspect.signature(function).parameters
        self._hints = get_type_hints(function, include_extras=True)

    @cached_property
    def provisions(self) -> dict[str, type]:
        """The parameters after the star, and the types by which the daemon finds what they get."""
        return {
            name: self._hints[name]
            for name, parameter in self._parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        }

    @property
    def sent(self) -> list[str]:
        """The names of the parameters before the star."""
        return [name for name in self._parameters if name not in self.provisions]

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments as the function takes them. Raises InvalidArguments, naming the first that does not fit."""
        try:
            checked = self._sent.validate_python(given)
        except ValidationError as error:
            raise _invalid(error, self.sent) from None
        return {**self._defaults, **checked}

    def problems(self, given: dict[str, Any]) -> list[str]:
        """All that does not fit of the arguments, a sentence each."""
        try:
            self._sent.validate_python(given)
        except ValidationError as error:
            return [_sentence(problem, self.sent)[0] for problem in error.errors(include_url=False)]
        return []

    def input_schema(self) -> dict[str, Any]:
        """JSON Schema 2020-12 of what the caller sends."""
        schema = _plain(self._sent.json_schema())
        schema.setdefault("properties", {})
        for name, default in self._defaults.items():
            schema["properties"][name]["default"] = default
        return schema

    def output_schema(self) -> dict[str, Any] | None:
        """JSON Schema 2020-12 of what the tool returns; None where it returns content."""
        if self._hints["return"] is Content:
            return None
        return _plain(TypeAdapter(self._hints["return"]).json_schema(mode="serialization"))

    @cached_property
    def _defaults(self) -> dict[str, Any]:
        """Of those that need not be sent."""
        defaults = {name: self._parameters[name].default for name in self.sent}
        return {name: default for name, default in defaults.items() if default is not inspect.Parameter.empty}

    @cached_property
    def _sent(self) -> TypeAdapter[dict[str, Any]]:
        # A dictionary, for a model's own attributes would stand in the way of a parameter called `schema`.
        fields = {name: self._field(name) for name in self.sent}
        kind = TypedDict(self._function.__name__, fields)  # pyright: ignore[reportArgumentType, reportGeneralTypeIssues]
        return cast("TypeAdapter[dict[str, Any]]", TypeAdapter(with_config(_CONFIG)(kind)))

    def _field(self, name: str) -> Any:
        texts = [told for told in getattr(self._hints[name], "__metadata__", ()) if isinstance(told, str)]
        hint = Annotated[self._hints[name], Field(description=" ".join(texts) or None)]
        return NotRequired[hint] if name in self._defaults else Required[hint]


@cache
def signature_of(function: Callable[..., Any]) -> Signature:
    """Read once: a function does not change, and its validators take a while to build."""
    return Signature(function)


def _invalid(error: ValidationError, names: list[str]) -> InvalidArguments:
    return InvalidArguments(*_sentence(error.errors(include_url=False)[0], names))


def _sentence(problem: ErrorDetails, names: list[str]) -> tuple[str, str | None]:
    """What does not fit, and what to do about it."""
    place = ".".join(str(part) for part in problem["loc"]) or "the arguments"
    if problem["type"] == "missing":
        return f"The argument {place} is missing.", f"It takes: {', '.join(names)}."
    if problem["type"] == "extra_forbidden":
        known = ", ".join(names) if names else "none"
        return f"There is no argument {place}.", f"It takes: {known}."
    return f"The argument {place} does not fit: {problem['msg']}.", None


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Without the titles that only repeat the names: every model that gets the schema pays for them."""
    return {name: _inner(name, value) for name, value in schema.items() if name != "title"}


def _inner(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        held = cast("dict[str, Any]", value)
        if name in ("properties", "$defs"):
            return {key: _plain(inner) for key, inner in held.items()}
        return _plain(held) if name in ("items", "additionalProperties", "not") else held
    if isinstance(value, list) and name in ("anyOf", "allOf", "oneOf", "prefixItems"):
        return [_plain(inner) for inner in cast("list[dict[str, Any]]", value)]
    return cast(Any, value)
