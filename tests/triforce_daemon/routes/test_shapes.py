"""Errors of routes that several APIs share, and of routes that there are not."""

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon


@pytest.mark.parametrize(
    ("path", "headers", "place"),
    [
        ("/v1/models/nothing", {"anthropic-version": "2023-06-01"}, ("error", "type", "not_found_error")),
        ("/v1/models/nothing", {"x-goog-api-key": "k"}, ("error", "status", "NOT_FOUND")),
        ("/v1/models/nothing", {}, ("error", "code", "model_not_found")),
        ("/v1beta/models/nothing", {}, ("error", "code", 404)),
        ("/v1/nowhere", {}, ("error", "code", "not_found")),
    ],
)
async def test_the_client_is_told_in_its_own_words(
    served: ServedDaemon, path: str, headers: dict[str, str], place: tuple[str, str, object]
) -> None:
    status, body = await served.call("GET", path, headers=headers)
    outer, inner, said = place
    assert (status, body[outer][inner]) == (404, said)


async def test_ollamas_errors_are_a_text(served: ServedDaemon) -> None:
    for body in ({"model": "nothing"}, {}, [], {"model": 5}):
        status, told = await served.post("/api/show", body)
        assert status in (400, 404)
        assert isinstance(told["error"], str)
