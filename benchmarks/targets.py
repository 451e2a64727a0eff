"""What is measured side by side: the provider itself, the bare proxy and this daemon, each with its processor time."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.daemon import TRIFORCE, running_daemon
from benchmarks.redis import running_redis

#: The target has the first core for itself; provider and load driver share the last one.
_CORES = sorted(os.sched_getaffinity(0))
_TICKS = os.sysconf("SC_CLK_TCK")
#: More than anybody uses here.
_NEVER = str(10**11)


@dataclass(frozen=True, slots=True)
class Target:
    """Something that answers on `port`. `model` comes before the names that the provider knows."""

    name: str
    port: int
    key: str
    pid: int
    model: str = ""

    def cpu_seconds(self) -> float:
        """What it has used so far; unlike the clock on the wall not hurt by a busy neighbour."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def resident_mib(self) -> float:
        for line in Path(f"/proc/{self.pid}/status").read_text("utf-8").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1_024
        return 0.0

    def load(self, path: str, body: dict[str, Any], **options: float) -> dict[str, Any]:
        """What the driver saw, with the processor time of each request in microseconds."""
        asked = json.dumps({**body, "model": self.model + body["model"]})
        command = [sys.executable, "-m", "benchmarks.load", str(self.port), path, asked, "--key", self.key]
        for name, value in options.items():
            command += [f"--{name}", str(value)]
        before = self.cpu_seconds()
        with _on(_CORES[-1:]):
            done = subprocess.run(command, check=True, capture_output=True, text=True)
        seen: dict[str, Any] = json.loads(done.stdout)
        seen["cpu"] = (self.cpu_seconds() - before) / max(1, seen["requests"]) * 1e6
        if seen["refused"] or not seen["requests"]:
            raise SystemExit(f"{self.name} refused {seen['refused']} of {seen['requests']} requests to {path}")
        return seen


@contextmanager
def running(*, redis: bool = False) -> Generator[dict[str, Target]]:
    """All targets, ready; by name. With `redis` the daemon counts there what its caller uses."""
    provider = _free_port()
    with contextlib.ExitStack() as held:
        settings: list[str] = []
        if redis:
            with _on(_CORES[-1:]):
                settings.append(f"redis.url={held.enter_context(running_redis())}")
        upstream = held.enter_context(_process(provider, _CORES[-1:], [sys.executable, "-m", "benchmarks.upstream"]))
        bare = _free_port()
        uvicorn = ["uvicorn", "benchmarks.bare_proxy:app", "--no-access-log", "--log-level", "warning", "--port"]
        proxy = held.enter_context(
            _process(bare, _CORES[:1], [sys.executable, "-m", *uvicorn], {"UPSTREAM_PORT": str(provider)})
        )
        yield {
            "provider": Target("provider", provider, "", upstream),
            "bare": Target("bare", bare, "bare", proxy),
            "triforce": held.enter_context(_daemon(provider, *settings)),
        }


@contextmanager
def _daemon(provider: int, *more: str) -> Generator[Target]:
    """Asked by an account whose every limit is counted, and never reached."""
    port = _free_port()
    settings = (
        "http.enabled=true",
        f"http.port={port}",
        "builtin.enabled=false",
        f"providers.bench.base_url=http://127.0.0.1:{provider}/v1",
        *more,
    )
    with _on(_CORES[:1]), contextlib.ExitStack() as held:
        environ = held.enter_context(running_daemon(*settings))
        limits = [word for limit in ("rpm", "parallel", "tokens") for word in (f"--{limit}", _NEVER)]
        _said(environ, "users", "create", "bench", "--no-password", "--tier", "pro", *limits)
        token = _said(environ, "users", "token", "bench", "bench").strip()
        status = json.loads(_said(environ, "status", "--json"))
        # The daemon stays where it was started; what this process starts now is no part of it.
        with _on(_CORES):
            yield Target("triforce", port, token, status["daemon"]["pid"], "bench/")


def _said(environ: dict[str, str], *words: str) -> str:
    return subprocess.run([TRIFORCE, *words], env=environ, check=True, capture_output=True, text=True).stdout


@contextmanager
def _process(port: int, cores: list[int], command: list[str], more: dict[str, str] | None = None) -> Generator[int]:
    """The pid of a process that answers on `port`, which is its last word; `more` is for its environment."""
    with _on(cores):
        process = subprocess.Popen([*command, str(port)], env={**os.environ, **(more or {})})
    try:
        _wait_for(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise SystemExit(f"nobody answers on port {port}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@contextmanager
def _on(cores: list[int]) -> Generator[None]:
    """What is started inside runs on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
