"""Who may call a route. Every route carries one of these; it cannot be registered without."""

from collections.abc import Callable
from dataclasses import dataclass

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Forbidden, Unauthenticated


@dataclass(frozen=True, slots=True)
class Policy:
    """`admits` says whether a known caller may pass; None for it: nobody is asked who he is."""

    name: str
    admits: Callable[[Caller], bool] | None

    def check(self, caller: Caller | None) -> None:
        """Raises Unauthenticated where nobody is known, Forbidden where he may not."""
        if self.admits is None:
            return
        if caller is None:
            raise Unauthenticated("This daemon does not know you.", "Use it as the user who started it, or as root.")
        if not self.admits(caller):
            raise Forbidden(f"{caller.name} may not do this.", f"It is for: {self.name}.")


#: Anybody who reaches the listener.
PUBLIC = Policy("public", None)
#: Anybody who is known.
CALLER = Policy("caller", lambda caller: True)
#: The user whose daemon this is.
OWNER = Policy("owner", lambda caller: caller.kind == "owner")
