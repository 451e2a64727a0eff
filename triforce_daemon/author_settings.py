"""The settings of those in whose names tools make commits."""

from typing import Annotated

from pydantic import Field

from triforce_daemon.setting_section import ALL, Section
from triforce_daemon.setting_values import Names

#: What git keeps between a name and an address, and at their ends.
_WORDS = r"^[^<>\x00-\x1f\x7f]*[^<>\x00-\x20\x7f.,:;\"'\\][^<>\x00-\x1f\x7f]*$"


class Author(Section):
    by_hand = frozenset({ALL})

    name: Annotated[str, Field(pattern=_WORDS, max_length=200)]
    """As it stands in commits."""
    email: Annotated[str, Field(pattern=r"^[^<>\s\x00-\x1f\x7f]+$", max_length=200)]
    """The address beside it."""
    callers: Names = []
    """Whose commits these are: `owner` for you, accounts as `user/anna`, tokens of yours as `token/laptop`."""
