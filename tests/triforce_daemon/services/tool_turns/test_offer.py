"""Which tools a model gets, of those that its caller may call, and with which rights."""

import pytest

from tests.triforce_daemon.toolbox.bench import OWNER, Bench, bench, token
from triforce_daemon.errors import Forbidden, ToolNotFound, TriforceError
from triforce_daemon.services.tool_turns.offer import Offers
from triforce_daemon.toolbox.requirement import Missing
from triforce_daemon.toolbox.toolsets import Toolsets


def offers(at: Bench) -> Offers:
    return Offers(at.runner, Toolsets(at.catalog, {"mine": ["books_search", "books_burn"]}))


async def test_nothing_is_offered_where_nothing_is_wanted(folder: str) -> None:
    async with bench(folder) as at:
        assert offers(at).of(OWNER) is None


async def test_a_set_holds_what_can_be_called_and_names_are_all_or_nothing(folder: str) -> None:
    async with bench(folder) as at:
        at.ladder.lack = Missing("there is no ladder.")
        offer = offers(at).of(OWNER, toolset="bench")
        assert offer is not None and [*offer.entries] == ["books_search", "books_burn", "books_break"]
        assert offer.scopes == {"tools", "tools:write", "tools:exec"}
        for caller, names in ((OWNER, ["books_shelve"]), (token("t", "tools"), ["books_burn"]), (OWNER, ["books"])):
            with pytest.raises(TriforceError):
                offers(at).of(caller, names)
        with pytest.raises(Forbidden):
            offers(at).of(token("t", "read"), toolset="mine")


async def test_a_model_may_do_what_its_tools_need_and_no_more(folder: str) -> None:
    async with bench(folder) as at:
        offer = offers(at).of(OWNER, ["books_find"])
        assert offer is not None and [tool["name"] for tool in offer.tools()] == ["books_search"]
        acting = offer.acting(OWNER, "chat/a")
        assert (acting.is_owner, acting.may("tools"), acting.may("tools:write")) == (False, True, False)
        outcome = await at.run(acting, "books_burn", title="emma")
        assert outcome.error and outcome.error.code == "forbidden"
        with pytest.raises(ToolNotFound):
            offer.meant("books_burn", {})


async def test_the_set_search_reaches_all_others(folder: str) -> None:
    async with bench(folder) as at:
        offer = offers(at).of(OWNER, ["books_search"], "search")
        assert offer is not None and [tool["name"] for tool in offer.tools()] == ["books_search", "tool_call"]
        assert offer.meant("tool_call", {"name": "books_burn", "arguments": {"title": "a"}}) == (
            *("books_burn", {"title": "a"}),
        )
        assert "admin" in offer.scopes
