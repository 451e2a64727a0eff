"""How much of a list is read."""

from collections.abc import Awaitable
from typing import Any

import pytest
from mcp_types import ListToolsResult, PaginatedRequestParams, Tool

from triforce_daemon.mcp_client import paging
from triforce_daemon.mcp_client.paging import paged


async def told(asked: Awaitable[Any]) -> Any:
    return await asked


class Endless:
    """A list whose every page says that there is another."""

    asked = 0

    async def page(self, params: PaginatedRequestParams) -> ListToolsResult:
        assert params.cursor == (str(self.asked) if self.asked else None)
        self.asked += 1
        tools = [Tool(name=f"{self.asked}-{number}", input_schema={}) for number in range(3)]
        return ListToolsResult(tools=tools, next_cursor=str(self.asked))


@pytest.mark.parametrize(
    ("limit", "value", "count", "asked"), [("MOST_PAGES", 2, 6, 2), ("MOST_ITEMS", 4, 4, 2), ("MOST_BYTES", 40, 1, 1)]
)
async def test_a_list_without_an_end_has_one(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, count: int, asked: int
) -> None:
    monkeypatch.setattr(paging, limit, value)
    endless = Endless()
    found = await paged(endless.page, "tools", told)
    assert (len(found), endless.asked) == (count, asked)
    assert found[0] == {"name": "1-0", "inputSchema": {}}
