"""SearXNG: its results, its pages, and each of its refusals in words that help."""

import pytest

from tests.triforce_daemon.services.searching.known_answers import SEARXNG, json
from tests.triforce_daemon.services.searching.sources import query, sources
from tests.triforce_daemon.site import Answer
from triforce_daemon.errors import InvalidRequest, UpstreamFailed
from triforce_daemon.services.searching.searxng import Searxng
from triforce_daemon.services.web.json_api import JsonApi
from triforce_daemon.web_settings import Search


async def test_its_results_are_plain_text_with_their_source() -> None:
    async with sources({"/search": json(SEARXNG)}) as known:
        found = await known.searxng.find(query("small & fast", lang="de-CH", limit=2))
        assert known.site.query() == {"q": "small & fast", "pageno": "1", "language": "de-CH", "format": "json"}
    assert found.results == [
        {
            "title": "SQLite Home Page",
            "url": "https://www.sqlite.org/",
            "snippet": "SQLite is a C-language library that implements a small, fast engine.",
            "source": "searxng (duckduckgo)",
        },
        {
            "title": "SQLite - Wikipedia",
            "url": "https://en.wikipedia.org/wiki/SQLite",
            "snippet": "SQLite is a database engine.",
            "source": "searxng (brave)",
        },
    ]
    assert found.remark == "Some engines did not answer: google (CAPTCHA), startpage (timeout)."


async def test_further_pages_are_asked_for_until_there_are_enough() -> None:
    async with sources({"/search": json(SEARXNG)}) as known:
        assert len((await known.searxng.find(query(limit=10))).results) == 2
        assert [known.site.query(number)["pageno"] for number in range(3)] == ["1", "2", "3"]
        assert len((await known.searxng.find(query(limit=1))).results) == 1
        assert len(known.site.asked) == 4


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (Answer("<h1>Forbidden</h1>", 403), UpstreamFailed, "gives no JSON"),
        (Answer("Rate limit exceeded", 429), UpstreamFailed, "limiter refuses"),
        (json('{"error": "Invalid value \\"xx\\" for parameter language"}', 400), InvalidRequest, "language"),
        (json('{"error": "search error"}', 500), UpstreamFailed, "with 500"),
        (Answer("<html>", 200), UpstreamFailed, "did not answer with JSON"),
        (json("[]"), UpstreamFailed, "something else"),
        (Answer(status=302, headers={"Location": "http://127.0.0.1:1/"}), UpstreamFailed, "sends us on"),
    ],
)
async def test_its_refusals(answer: Answer, error: type[Exception], said: str) -> None:
    async with sources({"/search": answer}) as known:
        with pytest.raises(error, match=said):
            await known.searxng.find(query())
        assert len(known.site.asked) == 1


@pytest.mark.parametrize(
    "text", ["{}", '{"results": 1}', '{"results": [1, {"url": 2}], "unresponsive_engines": [1, ["a"]]}']
)
async def test_an_answer_without_results(text: str) -> None:
    async with sources({"/search": json(text)}) as known:
        assert (await known.searxng.find(query())).results == []


async def test_whether_it_answers_costs_no_engine_a_search() -> None:
    async with sources({"/search": json('{"error": "No query"}', 400)}) as known:
        await known.searxng.probe()
        assert known.site.query() == {"format": "json"}
        known.site.answers["/search"] = Answer("Forbidden", 403)
        with pytest.raises(UpstreamFailed, match="gives no JSON"):
            await known.searxng.probe()


async def test_without_an_address_it_says_what_to_do() -> None:
    async with sources({}) as known:
        lack = Searxng(JsonApi(known.api.outbound, ""), Search()).missing()
    assert lack is not None and "searxng_url" in str(lack.fix)
