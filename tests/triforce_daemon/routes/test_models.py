"""The models as triforce knows them, and pulling one."""

from tests.triforce_daemon.served_daemon import ServedDaemon, events_of
from triforce_daemon.errors import ModelFetchFailed

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


async def test_a_pull_that_fails_ends_in_an_error_event(served: ServedDaemon) -> None:
    served.provider.failure = ModelFetchFailed("No network.", "Fetch it by hand.")
    async with served.client.post(PULL, json={}) as reply:
        (event,) = events_of(await reply.text())
    assert (event["type"], event["error"]["code"]) == ("error", "model_fetch_failed")


async def test_a_pull_of_nothing_known_is_a_404(served: ServedDaemon) -> None:
    assert (await served.post("/v1/registry/pull", {"model": "nope"}))[0] == 404
    assert (await served.post("/v1/registry/pull", {"model": 5}))[0] == 400
