"""Testing providers: by a request that costs nothing, and by a few tokens."""

from tests.scriptable_upstream.fixtures import upstream
from tests.scriptable_upstream.upstream import Upstream
from tests.triforce_daemon.remotes import KEY, remotes
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.errors import KeyRejected
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.health import Health
from triforce_daemon.services.model_refresh import ModelRefresh

__all__ = ["upstream"]

BAD = Credential("old", "bad-secret", "environment")


async def tested(served: ServedDaemon, **body: object) -> dict[str, dict]:
    status, reply = await served.post("/v1/providers/test", body)
    assert status == 200, reply
    assert reply["schema"] == "triforce.providers.test/1"
    return {item["name"]: item for item in reply["items"]}


async def test_all_that_can_be_asked_are_asked(folder: str, upstream: Upstream) -> None:
    async with serve(folder, remotes(upstream, "groq", "mistral", "github")) as served:
        found = await tested(served)
    assert list(found) == ["scripted", "groq", "mistral", "github"]
    assert all(found[name]["ok"] and found[name]["status"] == 200 for name in ("groq", "mistral"))
    assert found["groq"]["latency_ms"] > 0
    assert (found["github"]["ok"], found["github"]["state"], found["github"]["status"]) == (False, "retired", 410)
    assert (found["scripted"]["ok"], found["scripted"]["latency_ms"]) == (True, None)
    assert {record.method for record in upstream.records} == {"GET"}


async def test_who_has_no_key_is_tested_only_by_name(folder: str, upstream: Upstream) -> None:
    async with serve(folder, remotes(upstream, "groq", keys=())) as served:
        assert list(await tested(served)) == ["scripted"]
        found = await tested(served, providers=["groq"])
    assert (found["groq"]["state"], found["groq"]["error"]) == ("no-key", "There is no key for Groq.")
    assert len(upstream.records) == 0


async def test_the_first_good_key_makes_a_provider_good(folder: str, upstream: Upstream) -> None:
    async with serve(folder, remotes(upstream, "groq", keys=(BAD, KEY))) as served:
        health = served.parts.get(Health)
        health.refused("groq", KEY, KeyRejected("No.", upstream_status=401))
        assert (await tested(served, providers=["groq"]))["groq"]["ok"]
        assert health.rests("groq", KEY) is None
    async with serve(folder, remotes(upstream, "groq", keys=(BAD,))) as served:
        found = (await tested(served, providers=["groq"]))["groq"]
    assert (found["ok"], found["state"], found["status"]) == (False, "key-rejected", 401)
    assert BAD.secret not in str(found)


async def test_a_model_answers_a_few_tokens(folder: str, upstream: Upstream) -> None:
    async with serve(folder, remotes(upstream, "groq")) as served:
        found = await tested(served, model="groq/llama-3.1-8b-instant")
        assert found["groq"]["ok"], found
        assert found["groq"]["model"] == "groq/llama-3.1-8b-instant"
        assert (
            upstream.records.last.json["max_tokens"] == 16 or upstream.records.last.json["max_completion_tokens"] == 16
        )
        assert await tested(served, providers=["groq"], model="llama-3.1-8b-instant")
        upstream.plan("on answers: status=500")
        failed = (await tested(served, model="groq/llama-3.1-8b-instant"))["groq"]
    assert (failed["ok"], failed["state"], failed["status"]) == (False, "down", 500)


async def test_a_server_that_lists_no_models_can_be_asked_but_fails_the_test(folder: str, upstream: Upstream) -> None:
    upstream.plan("on lists: status=404")
    body = {"model": "groq/llama-3.1-8b-instant", "messages": [{"role": "user", "content": "Hi"}]}
    async with serve(folder, remotes(upstream, "groq")) as served:
        await served.parts.get(ModelRefresh).now(["groq"])
        found = (await tested(served, providers=["groq"]))["groq"]
        assert (found["ok"], found["state"], found["status"]) == (False, "unknown", 404)
        assert (await served.post("/v1/chat/completions", body))[0] == 200


async def test_a_model_is_of_one_provider_and_no_alias(folder: str, upstream: Upstream) -> None:
    async with serve(folder, remotes(upstream, "groq", "mistral"), aliases__mine__models="groq/a") as served:
        for body, status in (
            ({"providers": ["groq", "mistral"], "model": "x"}, 400),
            ({"model": "mine"}, 400),
            ({"providers": ["nobody"], "model": "x"}, 404),
            ({"providers": ["nobody"]}, 404),
        ):
            answered, _ = await served.post("/v1/providers/test", body)
            assert answered == status, body
    assert {record.method for record in upstream.records} <= {"GET"}
