"""Every route of the OpenAPI document, with what fits it and with what does not: nobody ever sees a 500."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode

from tests.end_to_end.processes import Daemon, running
from tests.scriptable_upstream.process import run_upstream
from tests.triforce_cli.tls_door import TlsDoor

QUICKLY = ("--set", "builtin.enabled=false", "--set", "providers.ollama.enabled=false", "--set", "vault.store=file")
#: The first would end the run, the others are streams that do not end.
SPARED = {("post", "/v1/daemon/stop"), ("get", "/v1/mcp"), ("get", "/v1/mcp/sse")}
#: How many of each kind a route gets at a time.
EXAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 2}
SECONDS = 600


class Bench:
    """The daemon, as its owner has it, and what came out so far."""

    def __init__(self, daemon: Daemon, url: str) -> None:
        self.daemon = daemon
        self.url = url
        self.session = requests.Session()
        self.asked = 0
        self.statuses: set[int] = set()
        self.wrong: list[str] = []

    def ask(self, case: Any) -> None:
        reply = case.call(base_url=self.url, session=self.session, timeout=20)
        self.asked += 1
        self.statuses.add(reply.status_code)
        if reply.status_code == 500 or "internal_error" in reply.text:
            self.wrong.append(f"{case.method} {case.formatted_path} {case.query} {case.body!r}: {reply.text}"[:2_000])


@pytest.fixture
def bench() -> Iterator[Bench]:
    folder = tempfile.mkdtemp(prefix="tf-")
    environ = {"HOME": folder, "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    with run_upstream() as upstream:
        played = ("--set", f"providers.played.base_url={upstream.base_url('compatible')}")
        with running(environ, *QUICKLY, *played) as daemon, TlsDoor(daemon.socket, None) as door:
            yield Bench(daemon, f"http://127.0.0.1:{door.port}")
    shutil.rmtree(folder)


def operations(bench: Bench) -> list[Any]:
    status, document = bench.daemon.call("GET", "/v1/openapi.json")
    assert status == 200
    schema = schemathesis.openapi.from_dict(document)
    found = [result.ok() for result in schema.get_all_operations()]
    return [one for one in found if (one.method, one.path) not in SPARED]


def modes(operation: Any) -> list[GenerationMode]:
    """Where nothing is asked for but names in the path, nothing can be wrong; to find that out takes long."""
    wrong = operation.body or operation.query
    return [mode for mode in EXAMPLES if wrong or mode is GenerationMode.POSITIVE]


def try_out(operation: Any, mode: GenerationMode, bench: Bench) -> None:
    @settings(
        max_examples=EXAMPLES[mode],
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        bench.ask(case)

    asked()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_no_route_confesses_a_mistake(bench: Bench, in_full: bool) -> None:
    routes = operations(bench)
    assert len(routes) > 100
    begun = time.monotonic()
    while True:
        for operation in routes:
            for mode in modes(operation):
                try_out(operation, mode, bench)
        if not in_full or time.monotonic() - begun > SECONDS:
            break
    print(f"{bench.asked} requests to {len(routes)} routes, answered with {sorted(bench.statuses)}")
    assert bench.wrong == []
    assert {200, 400, 404} <= bench.statuses
    assert bench.asked > 400
    errors = [line for line in bench.daemon.words().splitlines() if '"level":"error"' in line.replace(": ", ":")]
    assert errors == []
    assert bench.daemon.call("GET", "/v1/health")[0] == 200
