"""Engines that start, and engines that do not: the real child program around an engine that the test writes."""

import asyncio
import os
import stat
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from triforce_daemon.errors import ModelFileInvalid, ProviderUnavailable
from triforce_daemon.providers.builtin.running import Engine, Load
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.wire.constants import SOCKET_PATH_LIMIT

LOAD = Load(
    name="tiny",
    path="/models/tiny.gguf",
    key="the-password-of-the-socket",
    context=512,
    parallel=2,
    threads=1,
    batch_threads=2,
    temperature=0.2,
    start_seconds=5,
    repeat_penalty=1.2,
    answer_tokens=99,
)

#: What every engine of a test has: parameters that take anything, and a server that does what the test says.
FRAME = """
import os, signal, socket, sys, threading, time
class Anything:
    def __getattr__(self, name):
        value = Anything()
        setattr(self, name, value)
        return value
CommonParams = Anything
llama_pooling_type = Anything()
class Server:
    listening_address = "unix"
    def __init__(self, params):
"""

WritesEngine = Callable[[str], None]


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.stop()


@pytest.fixture
def engine_that(folder: str, monkeypatch: pytest.MonkeyPatch) -> WritesEngine:
    """Write the engine: the body of its server's constructor, or a whole module."""
    site = Path(folder) / "site"
    site.mkdir()
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])

    def write(body: str) -> None:
        whole = (
            body if body.startswith("raise ImportError") else FRAME + textwrap.indent(textwrap.dedent(body), " " * 8)
        )
        (site / "xllamacpp.py").write_text(whole)

    return write


def runs(pid: int) -> bool:
    return os.path.exists(f"/proc/{pid}/exe")


async def start(load: Load, folder: str, tasks: Tasks, environ: dict[str, str] | None = None) -> Engine:
    return await Engine.start(load, os.path.join(folder, "run"), environ or {}, tasks)


async def test_it_starts_is_spoken_to_in_private_and_stops(
    engine_that: WritesEngine, folder: str, tasks: Tasks
) -> None:
    engine_that(
        """
        print("an engine that talks", flush=True)
        print("and to the log as well", file=sys.stderr)
        with open(os.path.join(os.path.dirname(__file__), "seen"), "w") as file:
            print(params.model.path, params.n_ctx, params.n_parallel, params.cpuparams.n_threads, file=file)
            print(params.cpuparams_batch.n_threads, params.sampling.temp, params.api_keys, params.ui, file=file)
            print(params.sampling.penalty_repeat, params.n_predict, file=file)
            print(os.environ["OMP_WAIT_POLICY"], sorted(os.environ), file=file)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(params.hostnames[0])
        """
    )
    engine = await start(LOAD, folder, tasks, {"PATH": "/bin", "TRIFORCE_SECRET": "hunter2", "HOME": folder})
    assert engine.alive
    assert engine.address.url == "http://builtin/v1"
    assert engine.address.model == "tiny"
    assert engine.address.headers["authorization"] == "Bearer the-password-of-the-socket"
    path = engine.address.unix_socket
    assert path is not None
    assert stat.S_ISSOCK(os.stat(path).st_mode)
    assert os.stat(os.path.dirname(path)).st_mode & 0o777 == 0o700
    for secret_place in ("cmdline", "environ"):
        content = Path(f"/proc/{engine.pid}/{secret_place}").read_bytes()
        assert b"the-password" not in content
        assert b"hunter2" not in content
    seen = (Path(folder) / "site" / "seen").read_text().splitlines()
    assert seen[0] == "/models/tiny.gguf 1024 2 1"
    assert seen[1] == "2 0.2 ['the-password-of-the-socket'] False"
    assert seen[2] == "1.2 99"
    assert seen[3].startswith("PASSIVE ['HOME', ")
    await engine.stop()
    assert not engine.alive
    assert not runs(engine.pid)
    assert os.listdir(os.path.join(folder, "run")) == []
    await engine.stop()


async def test_it_ends_with_the_daemon_and_takes_its_socket_along(
    engine_that: WritesEngine, folder: str, tasks: Tasks
) -> None:
    engine_that("open(params.hostnames[0], 'w').close()")
    engine = await start(LOAD, folder, tasks)
    folder_of_socket = os.path.dirname(engine.socket)
    assert os.path.exists(engine.socket)
    # What the kernel does for a daemon that is killed.
    await engine._process.send(b"", end=True)  # pyright: ignore[reportPrivateUsage]
    await asyncio.wait_for(engine.ended(), 2)
    assert not os.path.exists(folder_of_socket)


@pytest.mark.parametrize(
    ("engine", "error", "words", "fix"),
    [
        ("raise ImportError('libgomp.so.1: no such file')", ProviderUnavailable, "does not run here: libgomp", "pip"),
        (
            """
            print("0.00.032 E llama_model_load: error loading model: tensor 'a' is cut off", file=sys.stderr)
            print("0.00.033 E srv    load_model: failed to load model", file=sys.stderr)
            raise RuntimeError("please check the input params")
            """,
            ModelFileInvalid,
            "cannot load /models/tiny.gguf: tensor 'a' is cut off",
            "Use another GGUF file",
        ),
        (
            """
            print("0.00.033 E srv    load_model: out of ideas", file=sys.stderr)
            raise RuntimeError("please check the input params")
            """,
            ModelFileInvalid,
            "cannot load /models/tiny.gguf: srv    load_model: out of ideas",
            "Use another GGUF file",
        ),
        ("raise RuntimeError('no words')", ModelFileInvalid, "cannot load /models/tiny.gguf: no words", "Use another"),
        ("os.kill(os.getpid(), signal.SIGILL)", ProviderUnavailable, "This processor lacks an instruction", "another"),
        (
            "print('ggml: cannot allocate', file=sys.stderr, flush=True); os.kill(os.getpid(), signal.SIGABRT)",
            ProviderUnavailable,
            r"ended while it loaded tiny \(SIGABRT\)\. ggml: cannot allocate",
            "lower builtin.context",
        ),
        ("os._exit(3)", ProviderUnavailable, r"ended while it loaded tiny \(exit status 3\)\.", "smaller model"),
    ],
)
async def test_it_does_not_start(
    engine_that: WritesEngine,
    folder: str,
    tasks: Tasks,
    engine: str,
    error: type[ProviderUnavailable],
    words: str,
    fix: str,
) -> None:
    engine_that(engine)
    with pytest.raises(error, match=words) as caught:
        await start(LOAD, folder, tasks)
    assert type(caught.value) is error
    assert fix in (caught.value.hint or "")
    assert os.listdir(os.path.join(folder, "run")) == []


async def test_it_takes_too_long(engine_that: WritesEngine, folder: str, tasks: Tasks) -> None:
    engine_that("open(os.path.join(os.path.dirname(__file__), str(os.getpid())), 'w').close(); time.sleep(60)")
    began = time.monotonic()
    with pytest.raises(ProviderUnavailable, match=r"tiny was not loaded within 0\.5 s\.") as caught:
        await start(replace(LOAD, start_seconds=0.5), folder, tasks)
    assert time.monotonic() - began < 2
    assert "builtin.start_seconds" in (caught.value.hint or "")
    assert not any(runs(int(name)) for name in os.listdir(os.path.join(folder, "site")) if name.isdigit())


async def test_nobody_waits_for_it_any_more(engine_that: WritesEngine, folder: str, tasks: Tasks) -> None:
    engine_that("open(os.path.join(os.path.dirname(__file__), str(os.getpid())), 'w').close(); time.sleep(60)")
    starting = asyncio.create_task(start(LOAD, folder, tasks))
    pids: list[int] = []
    while not pids:
        await asyncio.sleep(0.01)
        pids = [int(name) for name in os.listdir(os.path.join(folder, "site")) if name.isdigit()]
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not runs(pids[0])
    assert os.listdir(os.path.join(folder, "run")) == []


async def test_a_path_that_is_too_long_for_a_socket(engine_that: WritesEngine, folder: str, tasks: Tasks) -> None:
    engine_that("open(params.hostnames[0], 'w').close()")
    engine = await start(LOAD, os.path.join(folder, "long" * 25), tasks)
    assert len(engine.socket) <= SOCKET_PATH_LIMIT
    assert os.stat(os.path.dirname(engine.socket)).st_mode & 0o777 == 0o700
    await engine.stop()
    assert not os.path.exists(os.path.dirname(engine.socket))


async def test_no_place_for_its_socket(folder: str, tasks: Tasks) -> None:
    Path(folder, "run").write_text("a file")
    with pytest.raises(ProviderUnavailable, match="There is no place for the engine's socket"):
        await start(LOAD, folder, tasks)


async def test_no_python(folder: str, tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(ProviderUnavailable, match="could not be started: No such file"):
        await start(LOAD, folder, tasks)
