"""What is known of a provider, in the words that travel."""

from collections.abc import Sequence

from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.provider import Provider
from triforce_daemon.providers.rate_limits import Limit, Said
from triforce_daemon.providers.remote import Remote
from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.services.model_rows import evidence
from triforce_daemon.wire.providers import Provider as ProviderLine
from triforce_daemon.wire.providers import ProviderKey, ProviderLimits, RateLimit


def provider_row(
    provider: Provider, condition: Condition, *, models: int, first_token: float | None, said: Sequence[Said]
) -> ProviderLine:
    """`first_token`: seconds, as measured; `said`: by key, what it told of its limits."""
    row = provider.row if isinstance(provider, Remote) else None
    shown = evidence(condition)
    # Of several keys the last one that was used speaks for the provider.
    latest = max(said, key=lambda one: one.at_ms, default=None)
    return ProviderLine(
        name=provider.name,
        title=row.title if row else provider.name,
        state=condition.state,
        reason=condition.reason,
        fix=condition.fix,
        since=shown["date"] if condition.state == "retired" else shown["at"],
        evidence=shown,
        enabled=row.enabled if row else True,
        key=_key(provider),
        models=models,
        latency_ms=None if first_token is None else round(first_token * 1_000, 1),
        limits=[_limit(limit) for limit in latest.limits] if latest else [],
        dialect=provider.dialect,
        base_url=row.base_url if row else None,
        boundary=provider.boundary,
        warning=row.warning if row else None,
    )


def limits_row(provider: str, said: Said) -> ProviderLimits:
    return ProviderLimits(
        provider=provider, key=said.key, at=rfc3339(said.at_ms), limits=[_limit(limit) for limit in said.limits]
    )


def _key(provider: Provider) -> ProviderKey:
    keys = [credential for credential in provider.credentials() if credential.origin != "none"]
    row = provider.row if isinstance(provider, Remote) else None
    origin = keys[0].origin if keys else "none"
    return ProviderKey(
        present=bool(keys),
        needed=row.needs_key if row else False,
        store=None if origin == "none" else origin,
        environment=list(row.environment) if row else [],
    )


def _limit(limit: Limit) -> RateLimit:
    resets_at = None if limit.resets_at_ms is None else rfc3339(limit.resets_at_ms)
    return RateLimit(name=limit.name, limit=limit.limit, remaining=limit.remaining, resets_at=resets_at)
