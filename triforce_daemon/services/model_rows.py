"""What is known of a model or a provider, in the words that travel."""

from collections.abc import Mapping, Sequence

from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Provider
from triforce_daemon.wire.models import Model
from triforce_daemon.wire.status import ProviderStatus


def model_row(provider: Provider, listed: Listed, condition: Condition, *, default: bool) -> Model:
    return Model(
        id=f"{provider.name}/{listed.name}",
        provider=provider.name,
        context=listed.context,
        abilities=list[str](listed.abilities),
        price=None,
        state=condition.state,
        reason=condition.reason,
        fix=condition.fix,
        default=default,
        size_bytes=listed.size_bytes,
        path=listed.path,
        description=listed.description,
    )


def provider_row(provider: Provider, conditions: Sequence[Condition], models: Mapping[str, Listed]) -> ProviderStatus:
    """One line a provider: the best of its models' conditions speaks for it."""
    order = {"ok": 0, "degraded": 1, "deprecated": 2, "absent": 3, "unknown": 4}
    best = min(conditions, key=lambda condition: order.get(condition.state, len(order)), default=provider.condition())
    return ProviderStatus(
        name=provider.name,
        state=best.state,
        reason=best.reason if models or best.reason else "no models",
        models=len(models),
    )
