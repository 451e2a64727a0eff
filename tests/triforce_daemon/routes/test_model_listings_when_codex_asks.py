"""Codex asks for the list of models as its maker's servers have it, and complains where the list is not there."""

from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_the_list_that_it_looks_for_is_there_and_all_else_as_for_others(served: ServedDaemon) -> None:
    _, others = await served.get("/v1/models")
    _, codex = await served.get("/v1/models", client_version="0.169.0")
    assert "models" not in others
    assert codex == {**others, "models": []}
    assert others["data"]
