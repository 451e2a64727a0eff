"""Tools in the words that travel: their parameters, their usage, and what words become."""

import pytest

from tests.triforce_daemon.toolbox.bench import OWNER, Bench, bench, token
from triforce_daemon.errors import InvalidArguments
from triforce_daemon.services.tools import ToolDesk, kind_of, usage
from triforce_daemon.toolbox.toolsets import Toolsets


def desk(at: Bench) -> ToolDesk:
    return ToolDesk(at.catalog, Toolsets(at.catalog, {"mine": ["books_search"]}), at.runner)


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ({"type": "string"}, "string"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "integer 1..9"),
        ({"type": "number", "exclusiveMinimum": 0}, "number 0.."),
        ({"enum": ["a", "b"], "type": "string"}, "one of a, b"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string"),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "string or integer"),
        ({"type": "array", "items": {"type": "string"}}, "list of string"),
        ({}, "anything"),
    ],
)
def test_a_schema_in_a_few_words(field: dict, kind: str) -> None:
    assert kind_of(field) == kind


def test_usage_names_what_has_to_be_given() -> None:
    assert usage("t", {"required": ["a", "b"]}) == "triforce tools run t a=A b=B"


async def test_sets_count_what_the_caller_may_call(folder: str) -> None:
    async with bench(folder) as at:
        counts = {item["name"]: item["tools"] for item in desk(at).toolsets(OWNER)["items"]}
        assert counts == {"all": 4, "search": 0, "mine": 1, "bench": 4}
        theirs = {item["name"]: item["tools"] for item in desk(at).toolsets(token("t1", "tools"))["items"]}
        assert theirs["all"] == 1


async def test_words_and_arguments_are_not_mixed(folder: str) -> None:
    async with bench(folder) as at:
        with pytest.raises(InvalidArguments):
            await desk(at).run(OWNER, "books_search", {"words": ["e"], "arguments": {"query": "e"}}, "r1", "api")
        result = await desk(at).run(OWNER, "books_search", {"words": ["e", "limit=1"]}, "r1", "api")
        assert result["value"] == {"books": ["emma"]}


async def test_only_the_owner_stands_in_a_folder(folder: str) -> None:
    async with bench(folder) as at:
        for caller, seen in ((OWNER, "/home"), (token(), None)):
            await desk(at).run(caller, "books_search", {"words": ["e"], "folder": "/home"}, "r1", "api")
            assert at.written[-1][0].folder == seen
