"""One key of a provider, as the router takes them in turn."""

from dataclasses import dataclass, field
from typing import Literal

Origin = Literal["vault", "credential", "environment", "none"]


@dataclass(frozen=True, slots=True)
class Credential:
    """`name` is how people call it (never a part of the secret); `origin` is where it was found."""

    name: str
    secret: str = field(repr=False)
    origin: Origin


#: What a provider that asks for no key is called with.
NO_KEY = Credential("none", "", "none")
