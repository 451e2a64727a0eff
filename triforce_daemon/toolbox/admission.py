"""Which tools a caller may call: a tier buys quota, scopes give rights, and some are for admins alone."""

from typing import get_args

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Forbidden, TierTooLow, TriforceError
from triforce_daemon.toolbox.entry import Entry
from triforce_daemon.wire.tiers import TierName
from triforce_daemon.wire.tokens import Scope

_RANKS = {name: rank for rank, name in enumerate(get_args(TierName))}


#: Of these a token has one, or calls no tool, whatever else it may.
_CALLING: tuple[Scope, ...] = ("tools", "tools:mounted", "admin")


def calls(caller: Caller) -> bool:
    """Whether he may call tools at all."""
    return any(map(caller.may, _CALLING))


def refusal(caller: Caller, entry: Entry) -> TriforceError | None:
    """Why the caller may not call the tool; None: he may. Lists, search and calls all ask this one function."""
    declared = entry.declared
    if declared.owners and not caller.is_owner:
        return Forbidden(
            f"The tool {entry.name} is for the owner of this daemon.", "Nobody else can be given the right to call it."
        )
    # A model has the scopes that its tools need; who it acts for was asked when they were chosen.
    if caller.acting is None and not calls(caller):
        return Forbidden(f"The tool {entry.name} needs the scope tools.", "Whoever runs this daemon can grant it.")
    if declared.tier == "admin":
        if caller.is_admin or caller.may("admin"):
            return None
        return Forbidden(
            f"The tool {entry.name} is for admins.", "The scope admin, which the owner grants, lets a token."
        )
    if not caller.may(declared.scope):
        return Forbidden(
            f"The tool {entry.name} needs the scope {declared.scope}.", "Whoever runs this daemon can grant it."
        )
    if caller.tier is not None and _RANKS[caller.tier.name] < _RANKS[declared.tier]:
        return TierTooLow(
            f"The tier {caller.tier.name} does not hold the tool {entry.name}.", f"The tier {declared.tier} holds it."
        )
    return None


def may(caller: Caller, entry: Entry) -> bool:
    return refusal(caller, entry) is None
