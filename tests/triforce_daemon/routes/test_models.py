"""The models as triforce knows them, and pulling one."""

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon, events_of
from triforce_daemon.errors import ModelFetchFailed
from triforce_daemon.providers.condition import Condition
from triforce_daemon.services.settings_desk import SettingsDesk

PULL = "http://triforced/v1/registry/pull"


async def test_the_list_and_one_model(served: ServedDaemon) -> None:
    _, listed = await served.get("/v1/registry/models")
    assert [(model["id"], model["default"]) for model in listed["items"]] == [
        ("scripted/small", True),
        ("scripted/large", False),
    ]
    _, model = await served.get("/v1/registry/models/scripted/large")
    assert (model["id"], model["schema"]) == ("scripted/large", "triforce.models.show/1")
    status, body = await served.get("/v1/registry/models/scripted/larg")
    assert (status, body["error"]["near"][0]) == (404, "scripted/large")


async def test_a_pull_tells_its_progress_and_its_end(served: ServedDaemon) -> None:
    served.provider.loading = [
        {"type": "model.loading", "model": "scripted/small", "phase": "fetching", "done_bytes": 1, "total_bytes": 2}
    ]
    for body in ({}, {"model": "small"}, None):
        async with served.client.post(PULL, json=body) as reply:
            events = events_of(await reply.text())
        assert [event["type"] for event in events] == ["model.loading", "done"]


async def test_a_pull_of_what_is_not_listed_yet_is_the_providers_to_refuse(served: ServedDaemon) -> None:
    async with served.client.post(PULL, json={"model": "scripted/new:1b"}) as reply:
        (done,) = events_of(await reply.text())
    assert (done["type"], done["model"]) == ("done", "scripted/new:1b")


async def test_a_pull_that_fails_ends_in_an_error_event(served: ServedDaemon) -> None:
    served.provider.failure = ModelFetchFailed("No network.", "Fetch it by hand.")
    async with served.client.post(PULL, json={}) as reply:
        (event,) = events_of(await reply.text())
    assert (event["type"], event["error"]["code"]) == ("error", "model_fetch_failed")


async def test_a_pull_of_nothing_known_is_a_404(served: ServedDaemon) -> None:
    assert (await served.post("/v1/registry/pull", {"model": "nope"}))[0] == 404
    assert (await served.post("/v1/registry/pull", {"model": 5}))[0] == 400


async def test_aliases_are_made_changed_listed_and_forgotten(served: ServedDaemon) -> None:
    path = "/v1/registry/aliases/quick"
    status, made = await served.call("PUT", path, json={"models": ["scripted/*"], "boundary": "machine"})
    assert (status, made["schema"], made["first"]) == (200, "triforce.models.alias.set/1", "scripted/small")
    _, changed = await served.call("PUT", path, json={"order": "scored"})
    assert (changed["models"], changed["boundary"], changed["order"]) == (["scripted/*"], "machine", "scored")
    _, listed = await served.get("/v1/registry/aliases")
    assert [alias["name"] for alias in listed["items"]] == ["quick", "auto", "fast", "code"]
    _, model = await served.get("/v1/registry/models/quick")
    assert model["id"] == "scripted/small"
    with open(served.parts.get(SettingsDesk).path()["file"], encoding="utf-8") as file:
        assert "[aliases.quick]" in file.read()
    assert (await served.call("DELETE", path))[0] == 200
    assert (await served.get("/v1/registry/models/quick"))[0] == 404
    assert (await served.call("DELETE", path))[0] == 404


@pytest.mark.parametrize("name", ["default", "builtin", "groq", "Big", "a%20b", "groq/llama", "groq%2Fllama"])
async def test_names_that_mean_something_else_are_no_aliases(served: ServedDaemon, name: str) -> None:
    status, body = await served.call("PUT", f"/v1/registry/aliases/{name}", json={"models": ["small"]})
    assert (status, body["error"]["code"]) == (400, "invalid_request")
    assert (await served.get("/v1/registry/aliases"))[1]["items"][0]["name"] == "auto"


async def test_an_alias_without_models_is_none(served: ServedDaemon) -> None:
    for change in ({}, {"models": []}, {"models": [""]}, {"models": ["x"], "boundary": "moon"}):
        assert (await served.call("PUT", "/v1/registry/aliases/quick", json=change))[0] == 400, change


async def test_a_refresh_says_what_came_of_it(served: ServedDaemon) -> None:
    _, listed = await served.post("/v1/registry/refresh", {"providers": ["scripted"]})
    (item,) = listed["items"]
    assert (item["provider"], item["ok"], item["models"], item["state"]) == ("scripted", True, 2, "ok")
    assert (await served.post("/v1/registry/refresh", {}))[1]["items"][0]["provider"] == "scripted"
    status, body = await served.post("/v1/registry/refresh", {"providers": ["scriptd"]})
    assert (status, body["error"]["near"]) == (404, ["scripted"])


async def test_why(served: ServedDaemon) -> None:
    _, why = await served.get("/v1/registry/why", model="small")
    assert (why["answers"], why["alias"]) == ("scripted/small", None)
    assert [(step["check"], step["ok"]) for step in why["steps"]] == [
        (check, True) for check in ("name", "provider", "key", "boundary", "state")
    ]
    served.provider.conditions["small"] = Condition("down", "broken", "Mend it.", 503)
    _, why = await served.get("/v1/registry/why", model="scripted/small")
    assert why["answers"] is None
    assert why["steps"][-1] == {"check": "state", "ok": False, "detail": "broken (HTTP 503)", "fix": "Mend it."}
    _, why = await served.get("/v1/registry/why", model="nothing")
    assert [(step["check"], step["ok"]) for step in why["steps"]] == [("name", False)]


async def test_what_lies_on_no_disk_of_ours_is_not_removed(served: ServedDaemon) -> None:
    status, body = await served.call("DELETE", "/v1/registry/models/scripted/small")
    assert (status, "does not lie on a disk" in body["error"]["message"]) == (400, True)
    assert (await served.call("DELETE", "/v1/registry/models/auto"))[0] == 400
    assert (await served.call("DELETE", "/v1/registry/models/nothing"))[0] == 404


async def test_a_model_is_removed_by_its_provider(served: ServedDaemon) -> None:
    removed: list[str] = []

    async def remove(model: str) -> int:
        removed.append(model)
        return 5

    served.provider.remove = remove
    status, body = await served.call("DELETE", "/v1/registry/models/scripted/small")
    assert (status, body["model"], body["freed_bytes"], removed) == (200, "scripted/small", 5, ["small"])
