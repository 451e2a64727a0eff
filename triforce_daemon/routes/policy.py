"""Who may call a route. Every route carries one of these; it cannot be registered without."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.errors import Forbidden
from triforce_daemon.toolbox.admission import calls
from triforce_daemon.wire.tokens import Scope


@dataclass(frozen=True, slots=True)
class Policy:
    """`admits` says whether a known caller may pass; None for it: nobody is asked who he is."""

    name: str
    admits: Callable[[Caller], bool] | None

    def check(self, caller: Caller | Stranger | None) -> None:
        """Raises Unauthenticated where nobody is known, Forbidden where he may not."""
        if self.admits is None:
            return
        if not isinstance(caller, Caller):
            stranger = caller or Stranger()
            raise stranger.error(stranger.message, stranger.hint)
        if not self.admits(caller):
            raise Forbidden(f"{caller.name} may not do this.", f"It is for: {self.name}.")


#: What a token may hold for tools.
TOOL_SCOPES: Sequence[Scope] = ("tools", "tools:write", "tools:exec", "tools:mounted", "agents", "admin")

#: Anybody who reaches the listener.
PUBLIC = Policy("public", None)
#: Who may ask models, by any API, and list them.
INFERENCE = Policy("inference", lambda caller: caller.may("inference"))
#: Who may see how the daemon is, what its models are, and what he has used.
READ = Policy("read", lambda caller: caller.may("read"))
#: Who may keep conversations; each sees his own.
SESSIONS = Policy("sessions", lambda caller: caller.may("sessions"))
#: Who may call tools; which of them is the toolbox's matter.
TOOLS = Policy("tools", calls)
#: Who may see and call what mounted servers have.
MOUNTED = Policy("mounted", lambda caller: caller.may("tools:mounted"))
#: Who may keep entries in memory; each has his own.
MEMORY = Policy("memory", lambda caller: caller.may("memory"))
#: Anybody who is known, be it as a guest.
CALLER = Policy("caller", lambda caller: True)
#: Who may deal with the account that he has, or that his token belongs to.
ACCOUNT = Policy("account", lambda caller: caller.user is not None and caller.may("account"))
#: The owner, and users with the role admin who have logged in; no token.
ADMIN = Policy("admin", lambda caller: caller.is_admin)
#: The user whose daemon this is.
OWNER = Policy("owner", lambda caller: caller.is_owner)
