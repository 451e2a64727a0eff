"""The body of a direct route, held against the words that travel, as the framework does for the others."""

from functools import lru_cache
from typing import Any, TypeVar, cast

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from triforce_daemon.errors import InvalidRequest
from triforce_daemon.routes.refusal import first_problem

Words = TypeVar("Words")


def checked(kind: type[Words], body: dict[str, Any]) -> Words:
    """`body` as a `kind`, a TypedDict of `wire`. Raises InvalidRequest, naming the first field that does not fit."""
    try:
        return cast(Words, _adapter(kind).validate_python(body))
    except ValidationError as error:
        raise InvalidRequest(*first_problem(error.errors())) from None


@lru_cache(maxsize=64)
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(with_config(ConfigDict(extra="forbid"))(kind))
