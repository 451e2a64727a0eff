"""A key that a provider repeats goes no further."""

import pytest

from tests.scriptable_upstream.fixtures import upstream
from tests.scriptable_upstream.upstream import Upstream
from tests.triforce_daemon.remotes import remotes
from tests.triforce_daemon.served_daemon import serve
from triforce_daemon.errors import KeyRejected
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.hush import hushed
from triforce_daemon.services.model_refresh import ModelRefresh

__all__ = ["upstream"]

#: What the played Groq says of every key that it does not take.
REPEATED = Credential("odd", "Invalid API Key", "vault")


@pytest.mark.parametrize(
    "headers", [{"authorization": "Bearer my-secret"}, {"x-api-key": "my-secret"}, {"x-goog-api-key": "my-secret"}]
)
def test_the_secret_is_gone(headers: dict[str, str]) -> None:
    error = hushed(KeyRejected("No: my-secret, my-secret!", "Hint.", upstream_status=401), headers)
    assert (error.message, str(error), error.upstream_status) == ("No: …, …!", "No: …, …!", 401)


def test_what_is_no_secret_stays() -> None:
    headers = {"authorization": "Bearer a", "anthropic-version": "2023-06-01"}
    assert hushed(KeyRejected("No a 2023-06-01"), headers).message == "No a 2023-06-01"
    assert hushed(KeyRejected("No"), {}).message == "No"


async def test_it_is_gone_from_states_and_answers(folder: str, upstream: Upstream) -> None:
    async with serve(folder, remotes(upstream, "groq", keys=(REPEATED,))) as served:
        await served.parts.get(ModelRefresh).now(["groq"])
        _, shown = await served.get("/v1/providers/groq")
        body = {"model": "groq/x", "messages": [{"role": "user", "content": "Hi"}]}
        status, refused = await served.post("/v1/chat/completions", body)
        _, tested = await served.post("/v1/providers/test", {"providers": ["groq"]})
    assert (shown["state"], status, tested["items"][0]["state"]) == ("key-rejected", 502, "key-rejected")
    for said in (shown, refused, tested):
        assert "…" in str(said)
        assert REPEATED.secret not in str(said)
