"""What a caller may use: his tier's quota, what was set for him alone, and the limits of his token."""

from dataclasses import dataclass, replace

from triforce_daemon.access.caller import Caller
from triforce_daemon.access.tiers import Tier
from triforce_daemon.access.users import Users
from triforce_daemon.stores.counters.counters import Scope
from triforce_daemon.stores.users import UserRow
from triforce_daemon.wire.spend import spend_cap

_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """`scopes`: where his use is counted and limited; none: nothing limits him."""

    scopes: tuple[Scope, ...] = ()
    count_local: bool = True
    #: Whether money is limited, so that it matters what a model costs.
    money: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """An allowance, and what it was made of."""

    row: UserRow | None
    tier: Tier | None
    budget: Scope | None
    allowance: Allowance


class TierManager:
    def __init__(self, users: Users, spend: str = "") -> None:
        """`spend`: the cap for all that this daemon is asked, as `wire/spend` has it; empty: none."""
        self._users = users
        self._known: dict[tuple[str, str | None, str | None, bool], _Known] = {}
        self.take(spend)

    def take(self, spend: str) -> None:
        """Another cap for all, from now on."""
        self._daemon = _spending(Scope("daemon"), spend) if spend else None
        self._known.clear()

    def allowance(self, caller: Caller) -> Allowance:
        """At this moment. The owner and admins have no limits but those that were set for them, or for all."""
        row = self._users.get(caller.user) if caller.user is not None else None
        key = (caller.kind, caller.user, caller.token, caller.acting is not None)
        known = self._known.get(key)
        if known is None or known.row is not row or known.tier is not caller.tier or known.budget is not caller.budget:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[key] = _Known(row, caller.tier, caller.budget, self._made(caller, row))
        return known.allowance

    def _made(self, caller: Caller, row: UserRow | None) -> Allowance:
        count_local = caller.tier is None or caller.tier.count_local
        holder = _holder(caller, row, count_local=count_local)
        scopes = tuple(scope for scope in (caller.budget, holder, self._daemon) if scope is not None and scope.limits)
        if caller.acting is not None:
            # It belongs to a request that was counted when it came.
            scopes = tuple(scope.again() for scope in scopes)
        return Allowance(scopes, count_local, any(scope.spend is not None for scope in scopes))


def _holder(caller: Caller, row: UserRow | None, *, count_local: bool) -> Scope | None:
    """Of an account, or of all guests together."""
    tier = caller.tier
    if row is None and caller.kind != "guest":
        return None
    scope = Scope(
        caller.account,
        requests=tier.requests_per_minute or None if tier is not None else None,
        parallel=tier.parallel or None if tier is not None else None,
        tokens=tier.tokens_per_day or None if tier is not None else None,
        count_local=count_local,
    )
    if row is None:
        return scope
    scope = replace(
        scope,
        requests=_own(row["requests_per_minute"], scope.requests),
        parallel=_own(row["parallel"], scope.parallel),
        tokens=_own(row["tokens_per_day"], scope.tokens),
    )
    return _spending(scope, row["spend"]) if row["spend"] else scope


def budget(token: str, requests_per_minute: int | None, spend: str | None) -> Scope | None:
    """The limits of a token's own; None: it has none."""
    scope = Scope(f"token/{token}", requests=requests_per_minute)
    scope = _spending(scope, spend) if spend else scope
    return scope if scope.limits else None


def _spending(scope: Scope, cap: str) -> Scope:
    amount, period = spend_cap(cap)
    return replace(scope, spend=amount, period=period)


def _own(own: int | None, tiers: int | None) -> int | None:
    """What was set for somebody; 0 is no limit."""
    return tiers if own is None else own or None
