"""A provider that is reached by HTTP: a row of the catalogue, or one of the user's own."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext

from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.errors import InvalidRequest, KeyMissing, ProviderUnavailable
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.catalog import Retired, Row, catalog
from triforce_daemon.providers.condition import OK, Condition
from triforce_daemon.providers.credential import NO_KEY, Credential
from triforce_daemon.providers.fitting import fitting
from triforce_daemon.providers.inquiry import Inquiry
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.model_fetch import ModelFetch
from triforce_daemon.providers.ollama_models import OllamaModels
from triforce_daemon.providers.ollama_server import OllamaServer
from triforce_daemon.providers.provider import Address, Progress
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.models import PullDone
from triforce_daemon.wire.status import EngineStatus

#: The keys of a provider in the order in which they are taken; from memory, for it is asked with every request.
Keys = Callable[[str], Sequence[Credential]]
#: Models that are remembered with their addresses.
_ADDRESSES = 512
#: Told which key of which provider a request is sent with.
Used = Callable[[str, Credential], None]


def _nobody_counts(provider: str, credential: Credential) -> None:
    pass


class Remote:
    def __init__(
        self,
        row: Row,
        keys: Keys,
        dialects: Mapping[str, Dialect],
        outbound: Outbound,
        used: Used = _nobody_counts,
    ) -> None:
        self._keys = keys
        self._used = used
        self._dialects = dialects
        self._outbound = outbound
        self.take(row)

    def take(self, row: Row) -> None:
        """Be what `row` says, from now on: its settings were changed."""
        self.row = row
        self.name = row.name
        self.dialect: str = row.dialect
        self.boundary: Boundary = row.boundary
        self.refresh_seconds: float = row.refresh_seconds
        self.lists_all = row.name in catalog()
        self._fetch = ModelFetch(row, self._dialects[row.dialect], self._outbound)
        self._standing = _standing(row)
        #: What goes where no key is known.
        self._keyless = () if row.needs_key else (NO_KEY,)
        #: For each model and key; to work one out takes longer than to look it up.
        self._addresses: dict[tuple[str, Credential], Address] = {}

    async def list_models(self) -> list[Listed]:
        """All that the provider lists, with the first of its keys that it takes.

        Raises KeyMissing, ProviderUnavailable, and what the provider or the network came to.
        """
        return await self._fetch.models(self._ready())

    def condition(self, model: str | None = None) -> Condition:
        return self._standing or (OK if self.credentials() else _no_key(self.row))

    def credentials(self) -> Sequence[Credential]:
        return self._keys(self.name) or self._keyless

    async def probe(self, credential: Credential) -> Condition:
        """Whether the provider answers, and takes this key: one request that costs nothing. Never raises."""
        condition = self.condition()
        if not condition.callable:
            return condition
        return await self._fetch.probe(credential)

    def engines(self) -> list[EngineStatus]:
        return []

    def at_once(self, model: str, credential: Credential) -> Address:
        """Nothing has to be held: it is reached anew by each request."""
        if self._standing is not None or not self.credentials():
            self._check()
        self._used(self.name, credential)
        return self._addresses.get((model, credential)) or self._address(model, credential)

    def reach(self, model: str, credential: Credential, progress: Progress) -> AbstractAsyncContextManager[Address]:
        return nullcontext(self.at_once(model, credential))

    async def pull(self, model: str, progress: Progress) -> PullDone:
        """Let an Ollama fetch a model; nobody else has any to fetch. Raises what the server or the network came to."""
        return await self._on_its_disk().pull(model, self._ready()[0], progress)

    async def remove(self, model: str) -> int | None:
        """Let an Ollama delete a model. Raises ModelNotFound, and what the server or the network came to."""
        await self._on_its_disk().remove(model, self._ready()[0])
        return None

    def ollama(self) -> OllamaServer:
        """What this Ollama tells of itself. Raises InvalidRequest where it is none, and what stands in the way."""
        self._on_its_disk()
        return OllamaServer(Inquiry(self.row, self._dialects[self.dialect], self._outbound), self._ready()[0])

    async def close(self) -> None:
        """Nothing was started."""

    def _on_its_disk(self) -> OllamaModels:
        if self.dialect != "ollama":
            raise InvalidRequest(
                f"{self.row.title} keeps its models itself: none can be fetched or removed.",
                f"Ask one of them: `triforce models list --provider {self.name}`",
            )
        return OllamaModels(self.row, self._dialects[self.dialect], self._outbound)

    def _address(self, model: str, credential: Credential) -> Address:
        if len(self._addresses) >= _ADDRESSES:
            self._addresses.clear()
        headers, fit = self.row.headers_with(credential.secret), fitting(self.row, model)
        made = self._addresses[model, credential] = Address(self.row.base_url, model, headers, fit=fit)
        return made

    def _ready(self) -> Sequence[Credential]:
        """The keys to go with. Raises what stands in the way."""
        self._check()
        return self.credentials()

    def _check(self) -> None:
        """Raises what stands in the way."""
        condition = self.condition()
        if condition.state == "no-key":
            raise KeyMissing(condition.reason or "", condition.fix)
        if not condition.callable:
            raise ProviderUnavailable(condition.reason or "", condition.fix)


def _standing(row: Row) -> Condition | None:
    """What the settings and the times have against it, whatever keys it has."""
    if not row.enabled:
        return Condition("disabled", f"{row.title} is switched off.", f"`triforce providers enable {row.name}`")
    if row.retired is not None:
        return _retired(row, row.retired)
    if row.problem is not None:
        return Condition("down", row.problem, f"`triforce config set providers.{row.name}.base_url URL`")
    if row.lacks_account:
        fix = f"`triforce config set providers.{row.name}.account ID`, or set {row.account}."
        return Condition("no-key", f"{row.title} needs the id of your account, too.", fix)
    return None


def _retired(row: Row, retired: Retired) -> Condition:
    reason = f"{row.title} was retired on {retired.since}; its users are sent to {retired.replacement}."
    fix = f"Where a server of yours stands in for it: `triforce config set providers.{row.name}.base_url URL`"
    return Condition("retired", reason, fix, date=retired.since)


def _no_key(row: Row) -> Condition:
    fix = f"`triforce keys set {row.name}`, or set {' or '.join(row.environment)}."
    return Condition("no-key", f"There is no key for {row.title}.", fix)
