"""Which models a caller may ask: those that his token names, and those that his tier holds."""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Protocol, TypeVar

from triforce_daemon.access.caller import Caller
from triforce_daemon.access.tiers import Tier
from triforce_daemon.errors import Forbidden, TierTooLow


class _Model(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def is_local(self) -> bool: ...


Model = TypeVar("Model", bound=_Model)


def unrestricted(caller: Caller) -> bool:
    """Whether he may ask every model: neither his token, nor his account, nor his tier leaves one out."""
    tier = caller.tier
    return not (caller.models or caller.holder_models) and (tier is None or tier.models == "all")


def admitted(
    caller: Caller, names: Sequence[str], candidates: Sequence[Model], is_free: Callable[[Model], bool]
) -> tuple[Model, ...]:
    """Those of `candidates` that the caller may ask; `names` is what they were asked for as.

    Raises Forbidden where his token names none of them, TierTooLow where his tier holds none.
    """
    named = _named(caller, caller.models, names, candidates)
    if caller.holder_models:
        named = _named(caller, caller.holder_models, names, named)
    tier = caller.tier
    if tier is None or tier.models == "all" or not named:
        return named
    left = tuple(one for one in named if tier.admits(local=one.is_local, free=is_free(one)))
    if not left:
        raise _too_low(tier, names[-1], [(one.is_local, is_free(one)) for one in named])
    return left


def _named(
    caller: Caller, patterns: Sequence[str], names: Sequence[str], candidates: Sequence[Model]
) -> tuple[Model, ...]:
    """Where a pattern allows an alias, it allows all behind it."""
    if not patterns or any(allows(patterns, name) for name in names):
        return tuple(candidates)
    left = tuple(candidate for candidate in candidates if allows(patterns, candidate.id))
    if not left:
        told = ", ".join(patterns)
        raise Forbidden(
            f"{'This token' if caller.token else 'Your account'} may not ask {names[-1]}.", f"It is for: {told}."
        )
    return left


def _too_low(tier: Tier, name: str, models: Sequence[tuple[bool, bool]]) -> TierTooLow:
    able = (one.name for one in tier.above if any(one.admits(local=local, free=free) for local, free in models))
    enough = next(able, None)
    hint = f"The tier {enough} holds it." if enough is not None else "No tier holds it."
    return TierTooLow(f"The tier {tier.name} does not hold {name}.", f"{hint} GET /v1/tiers tells what each has.")


def may_name(caller: Caller, model: str) -> bool:
    """Whether the patterns of his token, and those of his account, fit the model's id or an alias."""
    return allows(caller.models, model) and allows(caller.holder_models, model)


def allows(patterns: Sequence[str], model: str) -> bool:
    """Whether a pattern fits the model's id; one without a slash fits the name that the provider gave it as well."""
    if not patterns:
        return True
    bare = model.partition("/")[2]
    return any(
        fnmatchcase(model, pattern) or ("/" not in pattern and bool(bare) and fnmatchcase(bare, pattern))
        for pattern in patterns
    )
