"""Who is calling, as it was established at the door."""

from dataclasses import dataclass
from typing import Literal

from triforce_daemon.access.acting import Acting
from triforce_daemon.access.tiers import Tier
from triforce_daemon.errors import Unauthenticated
from triforce_daemon.stores.counters import counters
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.tokens import Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is known.

    `owner` is the user whose daemon this is (and root), by the credentials of the socket's other end. `user` is
    somebody with an account, by his password or a log-in. `token` is whoever holds an API token; of him nothing is
    known but what the token says, and whose it is. `guest` is anybody, where the settings let guests in.
    """

    kind: Literal["owner", "token", "user", "guest"]
    name: str
    uid: int | None = None
    pid: int | None = None
    #: The token's id.
    token: str | None = None
    #: What he may do; the owner may do everything.
    scopes: frozenset[Scope] = frozenset()
    #: Patterns of the models that may be asked; none: all.
    models: tuple[str, ...] = ()
    #: How far a prompt may travel.
    boundary: Boundary = "any"
    #: The account's id, also of a token that belongs to one.
    user: str | None = None
    #: The log-in's id.
    login: str | None = None
    #: What he may use; None: as much as he likes.
    tier: Tier | None = None
    admin: bool = False
    #: When the token ends, in ms.
    expires: int | None = None
    #: Patterns that hold as well: those of the account that a token belongs to.
    holder_models: tuple[str, ...] = ()
    #: What the token itself may use, beside its holder; None: it has no limits of its own.
    budget: counters.Scope | None = None
    #: The model that calls tools on his behalf, with less than his rights; None: it is himself.
    acting: Acting | None = None

    @property
    def is_owner(self) -> bool:
        return self.kind == "owner" and self.acting is None

    @property
    def is_admin(self) -> bool:
        """Whether he may see and change what belongs to others, but for what is the owner's alone."""
        return (self.admin or self.kind == "owner") and self.acting is None

    @property
    def account(self) -> str:
        """Under whose name conversations, answers and usage are kept: a user's by his id, which nobody else gets."""
        return f"user/{self.user}" if self.user is not None else self.name

    def may(self, scope: Scope) -> bool:
        if self.acting is not None:
            return scope in self.acting.scopes
        return self.kind == "owner" or scope in self.scopes


#: The daemon, where it asks on its own behalf.
SELF = Caller("owner", "triforced")


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who is not known, and why."""

    message: str = "This daemon does not know you."
    hint: str = "Use it as the user who started it, or ask him for an account (setting local_users.NAME.account)."
    error: type[Unauthenticated] = Unauthenticated
