"""A model as its provider describes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from triforce_daemon.wire.boundary import Boundary

Ability = Literal["chat", "tools", "vision", "json_schema", "reasoning", "embeddings"]


@dataclass(frozen=True, slots=True)
class Listed:
    """None where the provider does not say; a model without abilities is none that triforce can use."""

    #: As the provider knows it; it may hold slashes and colons.
    name: str
    title: str | None = None
    #: Tokens that one conversation may hold, and that one answer may have.
    context: int | None = None
    max_output: int | None = None
    abilities: Sequence[Ability] = ()
    #: US dollars for a million tokens, as decimal text; "0" is free, None is unknown.
    price_in: str | None = None
    price_out: str | None = None
    #: The day on which the provider says that it goes away.
    deprecated: str | None = None
    description: str | None = None
    #: Where a prompt goes that is sent to it, where that is farther than to its provider.
    boundary: Boundary | None = None
    #: Of a file on this machine.
    size_bytes: int | None = None
    path: str | None = None
    #: As `price_in`, for tokens of the prompt that the provider had kept, and for those that it began to keep.
    price_cached: str | None = None
    price_cache_write: str | None = None
