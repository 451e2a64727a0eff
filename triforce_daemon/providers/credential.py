"""One key of a provider, as the router takes them in turn."""

from typing import Literal, NamedTuple

Origin = Literal["vault", "credential", "environment", "none"]


class Credential(NamedTuple):
    """`name` is how people call it (never a part of the secret); `origin` is where it was found."""

    name: str
    secret: str
    origin: Origin

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Credential(name={self.name!r}, origin={self.origin!r})"


#: What a provider that asks for no key is called with.
NO_KEY = Credential("none", "", "none")
