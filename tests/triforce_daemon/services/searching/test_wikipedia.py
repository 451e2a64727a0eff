"""Wikipedia: its results, its languages, its refusals."""

import pytest

from tests.triforce_daemon.services.searching.known_answers import WIKIPEDIA, json
from tests.triforce_daemon.services.searching.sources import query, sources
from tests.triforce_daemon.site import Answer
from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.services.searching.wikipedia import Wikipedia
from triforce_daemon.services.web.json_api import JsonAnswer, JsonApi
from triforce_daemon.web_settings import Search

PATH = "/w/rest.php/v1/search/page"


async def test_its_results_are_plain_text() -> None:
    async with sources({PATH: json(WIKIPEDIA)}) as known:
        found = await known.wikipedia.find(query(limit=500))
        assert known.site.query() == {"q": "sqlite", "limit": "100"}
        await known.wikipedia.probe()
    assert found.results[0] == {
        "title": "SQLite",
        "url": f"{known.site.url}/wiki/SQLite",
        "snippet": "Database engine. SQLite is a free & open-source relational database engine",
        "source": "wikipedia (en)",
    }
    assert found.results[1]["url"].endswith("/wiki/Firebird_(database_server)")
    assert found.results[1]["snippet"] == "text"


@pytest.mark.parametrize(
    "answer", [json('{"errorKey": "x"}', 400), json("{}"), json("[]"), json("{}", 429), Answer("<html>", 500)]
)
async def test_its_refusals(answer: Answer) -> None:
    async with sources({PATH: answer}) as known:
        with pytest.raises(UpstreamFailed, match="answered with"):
            await known.wikipedia.find(query())


class _Api(JsonApi):
    async def get(self, base: str, *_: object) -> JsonAnswer:
        asked.append(base)
        return JsonAnswer(200, {"pages": []})


asked: list[str] = []


async def test_the_language_is_a_part_of_its_address() -> None:
    wikipedia = Wikipedia(_Api(Outbound({}), ""), Search())
    for lang in (None, "de", "de-CH", "PT-br"):
        await wikipedia.find(query(lang=lang))
    assert asked == [f"https://{name}.wikipedia.org" for name in ("en", "de", "de", "pt")]
    assert wikipedia.missing() is None
    assert Wikipedia(_Api(Outbound({}), ""), Search(wikipedia_url="")).missing() is not None
