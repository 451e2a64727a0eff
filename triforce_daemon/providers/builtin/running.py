"""One running engine, as the daemon sees it: started, spoken to, ended."""

import asyncio
import json
import logging
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass

from triforce_daemon.children.process import Process
from triforce_daemon.errors import ModelFileInvalid, ProviderUnavailable
from triforce_daemon.providers.builtin.engine import Order, Said
from triforce_daemon.providers.provider import Address
from triforce_daemon.runtime.folders import make_private
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.wire.constants import SOCKET_PATH_LIMIT

PROGRAM = "triforce_daemon.providers.builtin.engine"
#: By its ending the engine's server tells a socket from the name of a host.
SOCKET_NAME = "e.sock"

_GRACE_SECONDS = 2
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH")
#: The engine's own mark before each line of its log.
_STAMP = re.compile(r"^[\d.]+ [A-Z] +")
_REASON = re.compile(r"error loading model: (.+)")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Load:
    """Which model to load, and how."""

    name: str
    path: str
    key: str
    """The password of its socket."""
    context: int
    parallel: int
    threads: int
    batch_threads: int
    temperature: float
    start_seconds: float
    repeat_penalty: float = 1
    """1: none."""
    answer_tokens: int = -1
    """-1: until the model or the context comes to an end."""
    pools: bool = False
    """The model says itself how its vectors come about."""


class Engine:
    """A child process that answers at `address` until it is stopped, or breaks."""

    def __init__(self, name: str, process: Process, order: Order, tasks: Tasks) -> None:
        """Use `start`."""
        self.name = name
        self.socket = order["socket"]
        self.address = _address(order)
        self._process = process
        self._folder = os.path.dirname(self.socket)
        self._stopping = False
        self._watching = tasks.start(self._watch(), f"watch over {name}")

    @classmethod
    async def start(cls, load: Load, run_folder: str, environ: Mapping[str, str], tasks: Tasks) -> "Engine":
        """Return when the model is loaded. Raises ProviderUnavailable, ModelFileInvalid."""
        folder = _private_folder(run_folder)
        order = _order(load, folder)
        try:
            process = await _launch(load, environ, tasks)
            try:
                await process.send(json.dumps(order).encode() + b"\n")
                await _until_ready(process, load)
            except BaseException:
                await process.terminate(0)
                raise
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return cls(load.name, process, order, tasks)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return not self._stopping and not self._process.ended

    async def stop(self) -> None:
        """End it; answers that are under way break off. Returns when it is gone, at once where it is."""
        self._stopping = True
        await self._process.terminate(_GRACE_SECONDS)
        await self.ended()

    async def ended(self) -> None:
        """Return when it is gone, whoever ended it."""
        await asyncio.shield(self._watching)

    async def _watch(self) -> None:
        status = await self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._stopping:
            log.info("the engine of an embedded model has stopped", extra={"model": self.name})
        else:
            how = {"model": self.name, "ended": _how(status), "last_words": _last_words(self._process)}
            log.warning("the engine of an embedded model ended by itself; the next request starts it again", extra=how)


async def _launch(load: Load, environ: Mapping[str, str], tasks: Tasks) -> Process:
    try:
        return await Process.start([sys.executable, "-P", "-m", PROGRAM], environ=_environment(environ), tasks=tasks)
    except OSError as error:
        raise ProviderUnavailable(f"The engine for {load.name} could not be started: {error.strerror}.") from error


async def _until_ready(process: Process, load: Load) -> None:
    try:
        async with asyncio.timeout(load.start_seconds):
            line = await anext(process.lines(), b"")
            said: Said | None = json.loads(line) if line else None
            if said is not None and said["event"] == "ready":
                return
            await process.wait()
    except TimeoutError:
        raise ProviderUnavailable(
            f"{load.name} was not loaded within {load.start_seconds:g} s.",
            "Raise builtin.start_seconds, or use a smaller model.",
        ) from None
    raise _refusal(process, load, said)


def _refusal(process: Process, load: Load, said: Said | None) -> ProviderUnavailable:
    """The error for an engine that did not start, in its own last words."""
    words = _last_words(process)
    if said is None:
        return _crashed(process.exit_status or 0, load, words)
    if said["event"] == "no_engine":
        fix = "`pip install --force-reinstall xllamacpp` in triforce's own environment."
        return ProviderUnavailable(f"The engine for the embedded model does not run here: {said['reason']}.", fix)
    reason = words or said["reason"]
    return ModelFileInvalid(
        f"The engine cannot load {load.path}: {reason}",
        "Use another GGUF file, or a newer xllamacpp for a newer kind of model.",
    )


def _crashed(status: int, load: Load, words: str) -> ProviderUnavailable:
    if status == -signal.SIGILL:
        fix = "Use a provider on another machine; `builtin.enabled = false` hides the embedded model."
        return ProviderUnavailable("This processor lacks an instruction that the engine for embedded models uses.", fix)
    message = f"The engine ended while it loaded {load.name} ({_how(status)}). {words}".rstrip()
    fix = "It may need more memory than there is: lower builtin.context and builtin.parallel, or use a smaller model."
    return ProviderUnavailable(message, fix)


def _last_words(process: Process) -> str:
    lines = [_STAMP.sub("", line) for line in process.last_words()]
    reason = next((found[1] for line in lines if (found := _REASON.search(line))), None)
    return reason or " ".join(line.strip() for line in lines[-3:] if line.strip())


def _how(status: int) -> str:
    return f"exit status {status}" if status >= 0 else signal.Signals(-status).name


def _order(load: Load, folder: str) -> Order:
    return Order(
        path=load.path,
        name=load.name,
        socket=os.path.join(folder, SOCKET_NAME),
        key=load.key,
        context=load.context,
        parallel=load.parallel,
        threads=load.threads,
        batch_threads=load.batch_threads,
        temperature=load.temperature,
        repeat_penalty=load.repeat_penalty,
        answer_tokens=load.answer_tokens,
        pools=load.pools,
    )


def _address(order: Order) -> Address:
    # One connection a request: an idle one holds a thread of the engine's server, which then ends it without a word.
    headers = {"authorization": f"Bearer {order['key']}", "connection": "close"}
    return Address("http://builtin/v1", order["name"], headers, order["socket"], streams_only=True, emulates_tools=True)


def _private_folder(run_folder: str) -> str:
    """A new folder for the engine's socket, which nobody else may enter. Raises ProviderUnavailable."""
    try:
        make_private(run_folder)
        folder = tempfile.mkdtemp(prefix="engine-", dir=run_folder)
        if len(os.fsencode(os.path.join(folder, SOCKET_NAME))) > SOCKET_PATH_LIMIT:
            os.rmdir(folder)
            folder = tempfile.mkdtemp(prefix="triforce-engine-")
    except OSError as error:
        message = f"There is no place for the engine's socket in {run_folder}: {error.strerror}."
        raise ProviderUnavailable(message, "Check who may write there.") from error
    return folder


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: environ[name] for name in _INHERITED if name in environ}
    # OpenMP's threads otherwise spin while they wait, and take the cores from everybody else.
    return {**inherited, "OMP_WAIT_POLICY": "PASSIVE", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
