"""How a provider or a model is, by all that is known: its own word, its answers, and its list."""

from collections.abc import Callable

from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Provider
from triforce_daemon.services.model_lists import Fetched, day

#: What the answers of a provider, or of one of its models (its id), have shown; None where nothing is amiss.
Observed = Callable[[Provider, str | None], Condition | None]


def nothing_observed(_provider: Provider, _model: str | None) -> Condition | None:
    return None


def condition_of(provider: Provider, model: str | None, fetched: Fetched, observed: Observed, now_ms: int) -> Condition:
    """Of the provider, or of the model that it knows under that name; the first word against it counts."""
    own = provider.condition(model)
    if own.state != "ok":
        return own
    seen = observed(provider, f"{provider.name}/{model}" if model is not None else None)
    if seen is not None:
        return seen
    failure = fetched.failure
    if failure is not None and (failure.until_ms is None or failure.until_ms > now_ms):
        return failure
    # What is asked for its models each time knows best itself how they are.
    if provider.refresh_seconds:
        return _by_its_list(provider.name, model, fetched, now_ms)
    return own


def _by_its_list(provider: str, model: str | None, fetched: Fetched, now_ms: int) -> Condition:
    if fetched.at_ms is None:
        return Condition(
            "unknown", f"{provider} has not listed its models yet.", f"`triforce models refresh {provider}`"
        )
    if model is None:
        return Condition("ok", at_ms=fetched.at_ms)
    listed = fetched.models.get(model)
    if listed is not None:
        return _by_its_description(listed, fetched.at_ms, now_ms)
    if model in fetched.gone:
        since = day(fetched.gone[model])
        reason = f"{provider} has not listed it any more since {since}."
        return Condition("retired", reason, _ANOTHER.format(provider), at_ms=fetched.at_ms, date=since)
    return Condition("unknown", f"{provider} does not list it.", _ANOTHER.format(provider), at_ms=fetched.at_ms)


def _by_its_description(listed: Listed, at_ms: int, now_ms: int) -> Condition:
    if not listed.abilities:
        return Condition(
            "disabled", "It neither chats nor embeds, and triforce can do nothing else with it.", at_ms=at_ms
        )
    if listed.deprecated is None:
        return Condition("ok", at_ms=at_ms)
    if listed.deprecated[:10] <= day(now_ms):
        return Condition("retired", f"Retired on {listed.deprecated}.", at_ms=at_ms, date=listed.deprecated)
    return Condition("deprecated", f"It goes away on {listed.deprecated}.", at_ms=at_ms, date=listed.deprecated)


_ANOTHER = "`triforce models list --provider {}` shows what it has."
