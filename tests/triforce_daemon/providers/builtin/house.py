"""A provider of embedded models in a folder of its own, and what a test asks of it."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from triforce_daemon.outbound.client import Outbound, Reply, Timeouts
from triforce_daemon.providers.builtin.fetch import Tools
from triforce_daemon.providers.builtin.provider import Builtin
from triforce_daemon.providers.builtin.source import SMOLLM2, ModelSource
from triforce_daemon.providers.provider import Address
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.settings import Builtin as Settings
from triforce_daemon.wire.models import PullProgress

PATIENT = Timeouts(connect=5, first_byte=30, idle=30, total=60)


@dataclass(slots=True)
class House:
    builtin: Builtin
    outbound: Outbound
    models_folder: str
    secrets: list[str] = field(default_factory=list[str])
    told: list[PullProgress] = field(default_factory=list[PullProgress])

    @property
    def phases(self) -> list[str]:
        """What was reported, each phase once."""
        phases = [line["phase"] for line in self.told]
        return [phase for phase, before in zip(phases, ["", *phases], strict=False) if phase != before]

    @property
    def pids(self) -> list[int | None]:
        return [engine["pid"] for engine in self.builtin.engines()]

    async def post(self, address: Address, **body: Any) -> Reply:
        return await self.outbound.send(
            "POST",
            f"{address.url}/chat/completions",
            headers={"content-type": "application/json", **address.headers},
            body=orjson.dumps({"model": address.model, **body}),
            unix_socket=address.unix_socket,
            timeouts=PATIENT,
        )


@asynccontextmanager
async def house(
    folder: str,
    settings: Settings | None = None,
    *,
    source: ModelSource = SMOLLM2,
    tools: Tools | None = None,
    environ: dict[str, str] | None = None,
) -> AsyncGenerator[House]:
    outbound, tasks = Outbound({}), Tasks()
    secrets: list[str] = []
    models = os.path.join(folder, "models")
    builtin = Builtin(
        settings or Settings(),
        models_folder=models,
        run_folder=os.path.join(folder, "run"),
        outbound=outbound,
        tasks=tasks,
        environ=environ if environ is not None else dict(os.environ),
        keep_secret=secrets.append,
        source=source,
        tools=tools,
        # A file that a test has just written is seen at once.
        ticks=_Hurrying(),
    )
    try:
        yield House(builtin, outbound, models, secrets)
    finally:
        await builtin.close()
        await tasks.stop()
        await outbound.close()


class _Hurrying:
    """A clock that is ten seconds later each time."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        self._now += 10
        return self._now


async def events(reply: Reply) -> list[dict[str, Any]]:
    """The events of a stream that ends as it should."""
    body = b"".join([chunk async for chunk in reply.chunks()])
    lines = [line.removeprefix(b"data: ") for line in body.split(b"\n") if line.startswith(b"data: ")]
    assert lines[-1] == b"[DONE]", body[-500:]
    return [orjson.loads(line) for line in lines[:-1]]


async def cpu_at_rest(pid: int, seconds: float = 10) -> float:
    """How long it takes until the process does nothing any more."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        before = _ticks(pid)
        await asyncio.sleep(0.1)
        if _ticks(pid) - before <= 1:
            return time.monotonic() - began - 0.1
    raise AssertionError(f"{pid} is still busy after {seconds} s")


def _ticks(pid: int) -> int:
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
