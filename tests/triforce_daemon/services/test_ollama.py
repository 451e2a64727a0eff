"""Which Ollama is meant, who may see what, and how far a pull is."""

import pytest

from tests.triforce_daemon.ollama_house import with_ollama
from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import serve
from tests.triforce_daemon.services.test_job_run import ROW
from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.all import by_name
from triforce_daemon.errors import ModelNotFound, NotFound
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.catalog import row_of
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.remote import Remote
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.job_run import JobRun
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.ollama import Layers, Ollama
from triforce_daemon.settings import Provider
from triforce_daemon.stores.jobs import JobRow
from triforce_daemon.wire.constants import VERSION
from triforce_daemon.wire.models import PullProgress


async def test_which_one_is_meant(folder: str) -> None:
    async with with_ollama(folder) as served:
        parts = served.parts
        ollama = Ollama(parts.get(ModelRegistry), parts.get(Jobs), parts.get(Clock), "here")
        assert ollama.candidate("qwen3").id == "ollama/qwen3"
        assert ollama.candidate("box/qwen3").id == "box/qwen3"
        assert ollama.candidate("hf.co/someone/model:Q4").id == "ollama/hf.co/someone/model:Q4"
        assert ollama.candidate("box/").id == "ollama/box/"
        with pytest.raises(NotFound, match="no node `there`"):
            ollama.candidate("qwen3", "there")
        narrow = Caller(kind="token", name="token/x", models=("ollama/llama3.2:1b",))
        _, seen = await ollama.models(narrow, None)
        assert [one.name for one in seen] == ["llama3.2:1b"]
        assert (await ollama.show(narrow, "llama3.2:1b", None))[0].details.family == "llama"
        with pytest.raises(ModelNotFound):
            await ollama.show(narrow, "qwen3", None)


def test_the_largest_layer_is_the_progress() -> None:
    heard: list[float] = []
    run = JobRun(JobRow(**ROW))
    told = Layers(run)
    for total, done in ((None, None), (100, 50), (2_000, 200), (2_000, 2_000), (10, 5), (None, None)):
        told.hear(PullProgress(type="model.loading", model="m", phase="fetching", done_bytes=done, total_bytes=total))
        heard.append(round(run.peek()["progress"], 3))
    assert heard == [0.0, 0.495, 0.099, 0.99, 0.99, 0.99]


async def test_another_daemon_is_an_ollama(folder: str) -> None:
    async with serve(f"{folder}/a") as other:
        key = Credential("other", await other.token("inference"), "vault")

        def others(outbound: Outbound) -> list[Remote]:
            return [
                Remote(row_of("ollama", Provider(base_url=other.http.url), {}), lambda _: [key], by_name(), outbound)
            ]

        async with serve(f"{folder}/b", others) as served:
            listed = (await run(served, "ollama_list"))["value"]["models"]
            assert [one["id"] for one in listed] == ["ollama/scripted/small", "ollama/scripted/large"]
            shown = (await run(served, "ollama_show", model="scripted/small"))["value"]
            assert (shown["context"], shown["capabilities"]) == (4_096, ["completion"])
            assert (await run(served, "ollama_status"))["value"]["version"] == VERSION
            pull = (await run(served, "ollama_pull", model="x", wait=True))["value"]
            assert pull["state"] == "failed" and "/api/pull" in pull["error"]["message"]


async def test_a_job_is_its_callers(folder: str) -> None:
    async with with_ollama(folder) as served:
        begun = (await run(served, "ollama_pull", model="qwen3", wait=True))["value"]
        shown = (await run(served, "job_get", job_id=begun["job_id"]))["value"]
        assert (shown["kind"], shown["title"], shown["progress"]) == ("pull", "Fetch ollama/qwen3", 1.0)
