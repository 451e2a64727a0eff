"""The sessions' routes: what they take, and what they refuse by name."""

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"input": "x", "colour": "red"}, "colour"),
        ({"input": 5}, "input"),
        ({"model": "small"}, "input"),
        ({"input": "x", "options": {"temperature": "hot"}}, "options.temperature"),
        ({"input": "x", "options": {"warmth": 1}}, "options.warmth"),
        ({"input": "x", "options": {"temperature": -5}}, "temperature"),
        ({"input": "x", "options": {"top_p": 7}}, "top_p"),
        ({"input": "x", "options": {"max_tokens": 0}}, "max_tokens"),
        ({"input": "x", "keep": "perhaps"}, "keep"),
        ({"input": "x", "json_schema": []}, "json_schema"),
    ],
)
async def test_a_turn_that_makes_no_sense_names_its_field(served: ServedDaemon, body: dict, named: str) -> None:
    status, answer = await served.post("/v1/sessions/new/turns", body)
    assert (status, answer["error"]["code"]) == (400, "invalid_request")
    assert f"`{named}`" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/sessions/prune", {}),
        ("POST", "/v1/sessions/prune", {"older_than_seconds": "long"}),
        ("POST", "/v1/sessions/import", {"sessions": [{"id": "x"}]}),
        ("PATCH", "/v1/sessions/x", {"title": 5}),
        ("POST", "/v1/sessions/x/fork", {"upto": "all"}),
    ],
)
async def test_bodies_are_checked(served: ServedDaemon, method: str, path: str, body: dict) -> None:
    status, answer = await served.call(method, path, json=body)
    assert (status, answer["error"]["code"]) == (400, "invalid_request")


NOTHING_KEPT = {"input": "hi", "model": "scripted/small", "keep": False}


async def test_who_may_only_ask_models_may_say_something_of_which_nothing_is_kept(served: ServedDaemon) -> None:
    asking, keeping = await served.token("inference"), await served.token("sessions", name="keeping")
    url = "/v1/sessions/new/turns"
    assert (await served.over_http("POST", url, asking, json={**NOTHING_KEPT, "dry_run": True}))[0] == 200
    for body in ({**NOTHING_KEPT, "keep": True, "dry_run": True}, {"input": "hi", "model": "scripted/small"}):
        status, answer = await served.over_http("POST", url, asking, json=body)
        assert (status, answer["error"]["code"]) == (403, "forbidden")
        assert "--no-log" in answer["error"]["hint"]
    # Of a conversation its earlier turns would be read.
    assert (await served.over_http("POST", "/v1/sessions/x/turns", asking, json=NOTHING_KEPT))[0] == 403
    # To keep conversations is no leave to ask models.
    assert (await served.over_http("POST", url, keeping, json=NOTHING_KEPT))[0] == 403
