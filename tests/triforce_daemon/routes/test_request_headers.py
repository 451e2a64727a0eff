"""What a client says in headers of ours holds, and what is none of them is told."""

import pytest

from tests.triforce_daemon.gateway import gateway


@pytest.mark.parametrize(
    ("boundary", "status"), [("any", 200), ("mesh", 403), ("own-nodes", 403), ("machine", 403), ("Machine", 400)]
)
async def test_a_prompt_stays_within_the_boundary_that_its_client_names(
    folder: str, boundary: str, status: int
) -> None:
    async with gateway(folder) as gate:
        told = await gate.chat(headers={"x-triforce-boundary": boundary})
        assert told.status == status
        assert len(gate.upstream.records) == (status == 200)


@pytest.mark.parametrize(
    ("header", "streamed", "whole"),
    [
        ({"x-triforce-continue": "maybe"}, 400, 200),
        ({"x-triforce-cache": "long"}, 200, 400),
        ({"x-triforce-dry-run": "maybe"}, 400, 400),
        ({"x-triforce-dry-run": "1", "x-triforce-cache": "long"}, 200, 200),
        ({"x-triforce-else": "maybe"}, 200, 200),
    ],
)
async def test_what_has_nothing_to_say_of_a_request_is_not_looked_at(
    folder: str, header: dict[str, str], streamed: int, whole: int
) -> None:
    async with gateway(folder) as gate:
        assert (await gate.chat(stream=True, headers=header)).status == streamed
        assert (await gate.chat(stream=False, headers=header)).status == whole
