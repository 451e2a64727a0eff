"""Who is calling, as it was established at the door."""

from dataclasses import dataclass
from typing import Literal

from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.tokens import Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is known.

    `owner` is the user whose daemon this is (and root), by the credentials of the socket's other end. `token` is
    whoever holds an API token; of him nothing is known but what the token says.
    """

    kind: Literal["owner", "token"]
    name: str
    uid: int | None = None
    pid: int | None = None
    #: The token's id.
    token: str | None = None
    #: What a token may do; the owner may do everything.
    scopes: frozenset[Scope] = frozenset()
    #: Patterns of the models that may be asked; none: all.
    models: tuple[str, ...] = ()
    #: How far a prompt may travel.
    boundary: Boundary = "any"

    @property
    def is_owner(self) -> bool:
        return self.kind == "owner"

    def may(self, scope: Scope) -> bool:
        return self.kind == "owner" or scope in self.scopes


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who is not known, and why."""

    message: str = "This daemon does not know you."
    hint: str = "Use it as the user who started it, or as root."
