"""What the framework turns away leaves in our shape, and a bug is confessed without its traceback."""

import logging

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("DELETE", "/v1/status", 405, "method_not_allowed"),
        ("GET", "/v1/chat/completions", 405, "method_not_allowed"),
        ("GET", "/v1/sessions?limit=0", 400, "invalid_request"),
        ("GET", "/v1/sessions?limit=many", 400, "invalid_request"),
        ("GET", "/v1/sessions/search", 400, "invalid_request"),
    ],
)
async def test_refusals_have_one_shape(served: ServedDaemon, method: str, path: str, status: int, code: str) -> None:
    answered, body = await served.call(method, path)
    assert (answered, body["error"]["code"]) == (status, code)
    assert body["error"]["request_id"]


@pytest.mark.parametrize("data", [b"{", b"[]", b"\xff", b""])
async def test_a_body_that_is_no_object_is_a_400(served: ServedDaemon, data: bytes) -> None:
    headers = {"content-type": "application/json"}
    status, body = await served.call("POST", "/v1/sessions/prune", data=data, headers=headers)
    assert status == 400
    assert body["error"]["code"] in ("invalid_json", "invalid_request")


async def test_a_mistake_of_ours_is_a_500_without_details(
    served: ServedDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken() -> list:
        raise RuntimeError("the secret inside")

    served.provider.list_models = broken
    with caplog.at_level(logging.ERROR):
        status, body = await served.get("/v1/registry/models")
    assert (status, body["error"]["code"]) == (500, "internal_error")
    assert "secret" not in str(body)


async def test_the_last_word_of_a_405_says_what_is_allowed(served: ServedDaemon) -> None:
    async with served.client.delete("http://triforced/v1/status") as reply:
        assert reply.headers["allow"] == "GET"
