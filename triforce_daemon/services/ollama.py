"""The Ollama of this machine: its models listed, shown, fetched and deleted, and how it is."""

from dataclasses import dataclass

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import ModelNotFound, NotFound, ToolUnavailable, TriforceError
from triforce_daemon.providers.ollama_server import Loaded, OllamaServer, OnDisk, Shown
from triforce_daemon.providers.remote import Remote
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.services.job_run import JobRun
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.services.model_guesses import Sees
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.toolbox.requirement import Missing
from triforce_daemon.wire.jobs import Job
from triforce_daemon.wire.models import PullProgress

#: Names that this node has besides its own.
_HERE = ("local", "localhost")
_ENABLE = "`triforce providers enable ollama`; where it is: OLLAMA_HOST, or `providers.ollama.base_url`."


@dataclass(frozen=True, slots=True)
class Standing:
    """`why`: what stands in the way where it is not up."""

    up: bool
    version: str | None
    loaded: list[Loaded]
    latency_ms: int | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Ollama:
    """A requirement of its tools. Of several, `PROVIDER/MODEL` says which one; without it the first is meant."""

    registry: ModelRegistry
    jobs: Jobs
    clock: Clock
    #: The name of this node.
    host: str

    def missing(self) -> Missing | None:
        return None if self._switched_on() else Missing("no Ollama is switched on.", _ENABLE)

    async def models(self, caller: Caller, node: str | None) -> tuple[Remote, list[OnDisk]]:
        """Whose they are, and those that the caller may ask. Raises NotFound, and what the server comes to."""
        provider = self._first(node)
        sees = Sees(caller, self.registry.is_free)
        found = await provider.ollama().on_disk()
        return provider, [one for one in found if sees.model(Candidate(provider, one.name))]

    async def show(self, caller: Caller, model: str, node: str | None) -> tuple[Shown, OnDisk | None]:
        """What the server says of a model, and how it lies on the disk. Raises NotFound, ModelNotFound."""
        candidate = self.candidate(model, node)
        if not Sees(caller, self.registry.is_free).model(candidate):
            raise ModelNotFound(f"There is no model `{model}` for you.", "`triforce tools run ollama_list`")
        server = _server(candidate)
        shown = await server.show(candidate.name)
        names = (candidate.name, f"{candidate.name}:latest")
        return shown, next((one for one in await server.on_disk() if one.name in names), None)

    async def standing(self, node: str | None) -> Standing:
        """Whether it answers, and what it holds in memory. Raises NotFound alone: that it is down is an answer."""
        server = self._first(node).ollama()
        began = self.clock.ticks()
        try:
            version = await server.version()
            ms = round((self.clock.ticks() - began) * 1_000)
            return Standing(True, version, await server.loaded(), ms, None)
        except TriforceError as error:
            return Standing(False, None, [], None, error.message)

    async def pull(self, caller: Caller, model: str, node: str | None) -> Job:
        """Begin to fetch a model in the background. Raises NotFound, StorageFailed."""
        candidate = self.candidate(model, node)

        async def fetch(run: JobRun) -> object:
            done = await self.registry.pull(candidate, Layers(run).hear)
            return {"model": done["model"], "size_bytes": done["size_bytes"], "fetched": done["fetched"]}

        return await self.jobs.start(caller, "pull", f"Fetch {candidate.id}", fetch)

    async def delete(self, model: str, node: str | None) -> None:
        """Delete a model from the server's disk. Raises NotFound, ModelNotFound, and what the server comes to."""
        await self.registry.remove_from_disk(self.candidate(model, node))

    def candidate(self, model: str, node: str | None = None) -> Candidate:
        """The model of that name, as Ollama knows it or as `PROVIDER/MODEL`; it need not be there."""
        first, every = self._first(node), self._switched_on()
        owner, _, name = model.partition("/")
        named = next((one for one in every if name and one.name == owner), None)
        return Candidate(named, name) if named is not None else Candidate(first, model)

    def _first(self, node: str | None) -> Remote:
        if node is not None and node not in (self.host, *_HERE):
            raise NotFound(
                f"There is no node `{node}` here.", f"This node is {self.host}; leave `node` out to mean it."
            )
        every = self._switched_on()
        if not every:
            raise ToolUnavailable("No Ollama is switched on.", _ENABLE)
        return every[0]

    def _switched_on(self) -> list[Remote]:
        return [
            one
            for one in self.registry.providers()
            if isinstance(one, Remote) and one.dialect == "ollama" and one.row.enabled
        ]


def _server(candidate: Candidate) -> OllamaServer:
    assert isinstance(candidate.provider, Remote)
    return candidate.provider.ollama()


@dataclass(slots=True)
class Layers:
    """A model comes in layers, of which the largest is nearly all of it: that one is the progress."""

    run: JobRun
    largest: int = 0

    def hear(self, line: PullProgress) -> None:
        total, done = line["total_bytes"] or 0, line["done_bytes"] or 0
        self.largest = max(self.largest, total)
        if total and total == self.largest:
            self.run.progress(min(done / total, 1.0) * 0.99, f"{line['phase']}: {done:,} of {total:,} bytes")
        else:
            self.run.progress(self.run.peek()["progress"], line["phase"])
