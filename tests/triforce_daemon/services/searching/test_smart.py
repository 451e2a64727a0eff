"""A search with a model before and behind it: through the daemon, with a scripted model."""

import json

import pytest

from tests.scriptable_upstream.script import Script, Text, Usage
from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.tools.core.test_answers import last, says
from tests.triforce_daemon.web_house import web_house
from triforce_daemon.services.searching.smart import cited


def model_says(served: ServedDaemon, *texts: str) -> str:
    """Have the model say these one after the other; its id."""
    model = says(served, 0, "I have nothing more to say.")
    for text in texts:
        served.upstream.enqueue(Script((Text((text,)),), usage=Usage(3, 2)))
    return model


async def test_other_queries_and_an_answer_with_sources(folder: str) -> None:
    async with web_house(folder) as (served, site):
        expanded = json.dumps({"queries": ["sqlite engine", "SQLITE", "  database   in a file "]})
        model = model_says(served, expanded, "It is a database engine [1], free [2, 99].")
        told = (await run(served, "smart_search", query="sqlite", model=model, limit=3))["value"]
        asked = {site.query(number).get("q") for number in range(len(site.asked))}
        prompt = json.dumps(last(served))
    assert told["queries"] == ["sqlite", "sqlite engine", "database in a file"]
    assert asked == set(told["queries"])
    assert [one["number"] for one in told["results"]] == [1, 2, 3]
    assert (told["summary"], told["cited"]) == ("It is a database engine [1], free [2].", [1, 2])
    assert told["remark"] is None and told["model"] == model
    assert "SQLite is a C-language library" in prompt and "\\u001b" not in prompt


async def test_without_a_model_it_is_a_search(folder: str) -> None:
    async with web_house(folder) as (served, _):
        told = (await run(served, "smart_search", query="sqlite", expand=False, summarize=False))["value"]
        assert told["queries"] == ["sqlite"] and told["results"] and told["summary"] is None
        token = await served.token("tools")
        assert len(served.upstream.records) == 0
        for more, ok in (({}, False), ({"expand": False, "summarize": False}, True)):
            body = {"arguments": {"query": "sqlite", **more}}
            _, reply = await served.over_http("POST", "/v1/tools/smart_search/run", token, json=body)
            assert reply["ok"] is ok
            assert ok or "scope inference" in reply["error"]["message"]


async def test_what_the_model_cannot_do_is_said(folder: str) -> None:
    async with web_house(folder) as (served, _):
        model = model_says(served, "No.", "No.", "No.", "Nobody knows.")
        told = (await run(served, "smart_search", query="sqlite", model=model))["value"]
        assert told["queries"] == ["sqlite"] and told["results"] and told["summary"] == "Nobody knows."
        assert "No further queries" in told["remark"] and "names no source" in told["remark"]
        served.upstream.enqueue(plan="status=400")
        told = (await run(served, "smart_search", query="sqlite", expand=False, model=model))["value"]
        assert told["summary"] is None and told["remark"]
        wrong = await run(served, "smart_search", query="sqlite", model="nobody/nothing")
        assert wrong["error"]["code"] == "model_not_found"


async def test_where_no_source_answers_it_fails(folder: str) -> None:
    async with web_house(folder) as (served, site):
        site.answers.clear()
        token = await served.token("tools", "inference")
        body = {"arguments": {"query": "sqlite", "expand": False}}
        _, reply = await served.over_http("POST", "/v1/tools/smart_search/run", token, json=body)
        assert reply["error"]["code"] == "upstream_failed"


@pytest.mark.parametrize(
    ("text", "kept", "numbers"),
    [
        ("a [1] b [2][1]", "a [1] b [2][1]", [1, 2]),
        ("a [3] b [0]", "a  b ", []),
        ("a [1, 3,2]", "a [1, 2]", [1, 2]),
        ("a [x] [99999999999999999999]", "a [x] [99999999999999999999]", []),
    ],
)
def test_numbers_of_sources_that_there_are_not_go(text: str, kept: str, numbers: list[int]) -> None:
    assert cited(text, 2) == (kept, numbers)
