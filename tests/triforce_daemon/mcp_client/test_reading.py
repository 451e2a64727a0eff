"""What a server has beside tools; that it is read where it stands is tried in `mcp_server/test_mounted_shelf`."""

import pytest

from tests.triforce_daemon.mcp_client.small_server import SmallServer
from tests.triforce_daemon.mcp_client.test_connection import connected
from triforce_daemon.mcp_client import paging


async def test_lists_are_bounded_and_words_fit_what_is_begun(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(SmallServer(folder)) as there:
        found = await there.reading()
        assert [item["name"] for item in found.resources] == ["a\x1b[31m", "hidden"], "as it said it"
        assert found.templates[0]["uriTemplate"] == "note://{name}" and found.prompts[0]["name"] == "greet"
        assert (await there.read("note://y"))[0]["text"] == "read note://y"
        assert await there.complete("prompt", "greet", "who", "a") == ["anna", "anton"]
        assert await there.complete("template", "note://{name}", "name", "x") == []
        monkeypatch.setattr(paging, "MOST_ITEMS", 1)
        assert len((await there.reading()).resources) == 1
