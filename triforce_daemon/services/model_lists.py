"""Which models each provider has, as it said when it was last asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from triforce_daemon.errors import KeyRejected, TriforceError, UpstreamLimited
from triforce_daemon.providers.condition import Condition, State
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Provider
from triforce_daemon.runtime.clock import Clock


@dataclass(frozen=True, slots=True)
class Fetched:
    """A provider's list by the models' names, when it came, and what went wrong since."""

    models: dict[str, Listed] = field(default_factory=dict[str, Listed])
    #: In milliseconds since 1970; None: it never came.
    at_ms: int | None = None
    failure: Condition | None = None


NEVER = Fetched()


class ModelLists:
    """Keeps what came; a provider that cannot be asked keeps its last list, with the reason."""

    def __init__(self, providers: Sequence[Provider], clock: Clock) -> None:
        self._providers = providers
        self._clock = clock
        self._fetched: dict[str, Fetched] = {}

    def of(self, provider: str) -> Fetched:
        return self._fetched.get(provider, NEVER)

    async def look(self) -> bool:
        """Ask those who cost nothing to ask; whether any of them has something new."""
        asked = [await self.fetch(provider) for provider in self._providers if provider.refresh_seconds == 0]
        return any(asked)

    async def fetch(self, provider: Provider) -> bool:
        """Ask one provider now; whether its models are others than before."""
        before = self.of(provider.name)
        try:
            listed = await provider.list_models()
        except TriforceError as error:
            self._fetched[provider.name] = replace(before, failure=failed(error, self._clock.now_ms()))
            return False
        models = {model.name: model for model in listed}
        self._fetched[provider.name] = Fetched(models, self._clock.now_ms())
        return list(models.values()) != list(before.models.values())


def failed(error: TriforceError, at_ms: int) -> Condition:
    """What an error says of the provider it came from."""
    state: State = "down"
    if isinstance(error, KeyRejected):
        state = "key-rejected"
    elif isinstance(error, UpstreamLimited):
        state = "limited"
    return Condition(state, error.message, error.hint, error.upstream_status, at_ms)
