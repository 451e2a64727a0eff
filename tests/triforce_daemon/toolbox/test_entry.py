"""A tool is bound to what the daemon provides, or the daemon does not start."""

import pytest

from tests.triforce_daemon.toolbox.bench import OWNER, Shelf, books_search, entries
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.entry import bind


async def test_a_bound_tool_is_called_with_its_arguments_alone() -> None:
    search = entries()[0]
    call = ToolCall("r1", OWNER, "api")
    assert await search.call({"query": "emma", "limit": 1, "order": "up"}, call) == {"books": ["emma"]}


def test_its_name_category_and_words_are_the_functions() -> None:
    search = entries()[0]
    assert (search.name, search.category, search.server) == ("books_search", "bench", "triforce")
    assert search.title == "Find books that have some words in their title."
    assert search.description.endswith("Whole words only.")


def test_a_part_that_is_not_there_is_told_at_the_start() -> None:
    with pytest.raises(LookupError, match=r"books_search needs a Shelf"):
        bind(books_search, {int: 1}.__getitem__)  # type: ignore[arg-type]
    assert bind(books_search, {Shelf: Shelf()}.__getitem__)  # type: ignore[arg-type]
