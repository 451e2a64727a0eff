"""What keys were used for: added up for each provider, with what it said is left."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_a_provider_that_was_used_is_told_with_its_figures(served: ServedDaemon) -> None:
    await run(served, "chat", message="Hi")
    rows = (await run(served, "keys_usage"))["value"]["keys"]
    used = next(row for row in rows if row["provider"] == served.provider.name)
    assert (used["requests"], used["tokens"], used["keys"]) == (1, 5, [])
    assert used["rejected_at"] is None and used["limits"] == []


async def test_an_unknown_provider_is_refused(served: ServedDaemon) -> None:
    assert (await run(served, "keys_usage", provider="nobody"))["error"]["code"] == "provider_not_found"
