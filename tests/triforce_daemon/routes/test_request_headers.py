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
