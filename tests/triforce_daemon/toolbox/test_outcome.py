"""An outcome as text: all of it, for a model may see nothing else."""

import pytest

from tests.triforce_daemon.toolbox.bench import OWNER, bench
from triforce_daemon.toolbox.content import Content
from triforce_daemon.toolbox.outcome import Outcome, written_out


async def test_the_text_of_an_outcome_holds_all_of_it(folder: str) -> None:
    async with bench(folder) as at:
        assert (await at.run(OWNER, "books_search", query="emma")).text() == '{"books":["emma"]}'
        told = (await at.run(OWNER, "books_search")).text()
        assert told.startswith("invalid_arguments: The argument query is missing. It takes: query")


def test_one_text_alone_is_that_text() -> None:
    assert Outcome("t", "r", 1, {"text": "Hello"}).text() == "Hello"
    assert Outcome("t", "r", 1, {"text": "Hello", "n": 1}).text() == '{"text":"Hello","n":1}'


def test_what_has_no_value_is_told_by_its_blocks() -> None:
    blocks = [{"type": "text", "text": "one"}, {"type": "image", "data": "aGk="}, {"type": "text", "text": "two"}]
    assert Outcome("t", "r", 1, None, blocks=blocks).text() == "one\n[image]\ntwo"
    assert Outcome("t", "r", 1, {"n": 1}, blocks=blocks).text() == '{"n":1}'


async def test_what_json_has_no_form_for_is_the_tools_mistake_and_nobody_elses(folder: str) -> None:
    with pytest.raises(TypeError):
        written_out(Content([{"type": "text", "text": "\ud800"}]))
    async with bench(folder) as at:
        at.shelf.books.add("\udcff")
        outcome = await at.run(OWNER, "books_search", query="")
        assert outcome.error and outcome.error.code == "internal_error" and outcome.text()
