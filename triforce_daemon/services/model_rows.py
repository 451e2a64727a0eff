"""What is known of a model or a provider, in the words that travel."""

from collections.abc import Sequence
from functools import lru_cache

from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.destination import destination
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Provider
from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.services.aliases import Alias
from triforce_daemon.services.model_lists import Fetched
from triforce_daemon.wire.models import Evidence, Model, ModelAlias, Price
from triforce_daemon.wire.status import ProviderStatus

#: How good a condition is, the best first; those that are not here are worse than all of these.
_RANKS = {"ok": 0, "degraded": 1, "deprecated": 2, "absent": 3, "unknown": 4}


def model_row(
    provider: Provider,
    listed: Listed,
    condition: Condition,
    price: Price | None,
    listed_at: str | None,
    *,
    default: bool,
) -> Model:
    return Model(
        id=f"{provider.name}/{listed.name}",
        provider=provider.name,
        title=listed.title,
        context=listed.context,
        max_output=listed.max_output,
        abilities=list[str](listed.abilities),
        price=price,
        state=condition.state,
        reason=condition.reason,
        fix=condition.fix,
        evidence=evidence(condition),
        boundary=destination(provider, listed.name, listed),
        peer=None,
        default=default,
        size_bytes=listed.size_bytes,
        path=listed.path,
        description=listed.description,
        listed_at=listed_at,
    )


def without_path(row: Model) -> Model:
    """The same for those whose machine it is not."""
    return row if row["path"] is None else {**row, "path": None}


def evidence(condition: Condition) -> Evidence:
    return Evidence(
        status=condition.status,
        at=_moment(condition.at_ms),
        until=_moment(condition.until_ms),
        date=condition.date,
    )


def listed_at(fetched: Fetched) -> str | None:
    """When the list came."""
    return _moment(fetched.at_ms)


def alias_row(alias: Alias, ready: Sequence[str]) -> ModelAlias:
    """`ready`: the models behind it that can be called at this time."""
    return ModelAlias(
        name=alias.name,
        models=list(alias.models),
        boundary=alias.boundary,
        order=alias.order,
        origin=alias.origin,
        description=alias.description,
        first=next(iter(ready), None),
        candidates=len(ready),
    )


def provider_row(name: str, conditions: Sequence[Condition], models: int) -> ProviderStatus:
    """One line a provider: the best of the conditions speaks for it."""
    best = min(conditions, key=lambda condition: _RANKS.get(condition.state, len(_RANKS)))
    reason = best.reason or (None if models else "no models")
    return ProviderStatus(name=name, state=best.state, reason=reason, models=models)


@lru_cache(64)
def _moment(milliseconds: int | None) -> str | None:
    """All models of a list came at one moment."""
    return rfc3339(milliseconds) if milliseconds is not None else None
