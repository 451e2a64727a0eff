"""A prompt for this machine stays on this machine, also where a program on it would pass it on."""

import pytest

from tests.scriptable_upstream.fixtures import upstream
from tests.scriptable_upstream.upstream import Upstream
from tests.triforce_daemon.remotes import remotes
from tests.triforce_daemon.served_daemon import serve
from triforce_daemon.dialects.all import by_name
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.catalog import row_of
from triforce_daemon.providers.credential import NO_KEY
from triforce_daemon.providers.destination import destination
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.remote import Remote
from triforce_daemon.settings import Provider

__all__ = ["upstream"]


@pytest.mark.parametrize(
    ("provider", "name", "listed", "place"),
    [
        ("ollama", "llama3.2:1b", Listed("llama3.2:1b"), "machine"),
        ("ollama", "llama3.2:1b", None, "any"),
        ("ollama", "gpt-oss:120b-cloud", None, "any"),
        ("ollama", "glm-5:cloud", Listed("glm-5:cloud"), "any"),
        ("ollama", "mine", Listed("mine", boundary="any"), "any"),
        ("ollama", "my-cloud-notes", Listed("my-cloud-notes"), "machine"),
        ("ollama", "gpt-oss:120b-CLOUD", Listed("gpt-oss:120b-CLOUD"), "any"),
        ("box", "gpt-cloud", None, "machine"),
        ("groq", "x", None, "any"),
    ],
)
async def test_where_a_prompt_goes(provider: str, name: str, listed: Listed | None, place: str) -> None:
    settings = Provider(base_url="" if provider in ("ollama", "groq") else "http://localhost:1/v1")
    remote = Remote(row_of(provider, settings, {}), lambda _: (NO_KEY,), by_name(), Outbound({}))
    assert destination(remote, name, listed) == place


async def test_nothing_reaches_an_ollamas_cloud_that_must_stay(folder: str, upstream: Upstream) -> None:
    body = {"messages": [{"role": "user", "content": "a secret"}]}
    near = {"x-triforce-boundary": "machine"}
    for model in ("gpt-oss:120b-cloud", "glm-5:cloud"):
        upstream.script(model)
    async with serve(folder, remotes(upstream, "ollama", keys=(NO_KEY,))) as served:
        await served.call("POST", "/v1/registry/refresh", json={"providers": ["ollama"]})
        upstream.records.clear()
        for model, status in (("gpt-oss:120b-cloud", 403), ("glm-5:cloud", 403), ("llama3.2:1b", 200)):
            asked = {**body, "model": f"ollama/{model}"}
            answered, told = await served.call("POST", "/v1/chat/completions", json=asked, headers=near)
            assert answered == status, told
    posts = [record.json["model"] for record in upstream.records if record.method == "POST"]
    assert posts == ["llama3.2:1b"]
