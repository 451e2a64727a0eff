"""The tools that look things up, through the daemon."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.web_house import web_house


async def test_the_web_is_searched(folder: str) -> None:
    async with web_house(folder) as (served, site):
        told = (await run(served, "search", query="sqlite", limit=2, lang="de"))["value"]
        assert (told["source"], told["cached"], len(told["results"])) == ("searxng", False, 2)
        assert "google (CAPTCHA)" in told["remark"]
        assert (await run(served, "search", query="sqlite", limit=2, lang="de"))["value"]["cached"]
        assert len(site.asked) == 1
        for lang in ("de/../..", "x", "deutsch", "de.evil.example"):
            assert (await run(served, "search", query="a", lang=lang))["error"]["code"] == "invalid_arguments"
        both = (await run(served, "multi_search", query="sqlite", sources=["searxng", "wikipedia"]))["value"]
        assert both["failed"] == {}
        assert {name.partition(" ")[0] for one in both["results"] for name in one["sources"]} == {
            "searxng",
            "wikipedia",
        }


async def test_without_searxng_wikipedia_is_asked(folder: str) -> None:
    async with web_house(folder, search__searxng_url="") as (served, _):
        assert (await run(served, "search", query="sqlite"))["value"]["source"] == "wikipedia"
        refused = (await run(served, "search", query="sqlite", source="searxng"))["error"]
        assert refused["code"] == "tool_unavailable" and "searxng_url" in refused["hint"]


async def test_how_the_sources_are(folder: str) -> None:
    async with web_house(folder) as (served, site):
        del site.answers["/search"]
        told = (await run(served, "search_health"))["value"]["sources"]
        assert (told["searxng"]["up"], told["wikipedia"]["up"], told["local"]["up"]) == (False, True, True)
        assert "404" in told["searxng"]["error"]
        token = await served.token("tools")
        _, reply = await served.over_http("POST", "/v1/tools/search_health/run", token, json={"arguments": {}})
        assert reply["value"]["sources"]["searxng"]["error"] == "It does not answer."


async def test_pages_are_read(folder: str) -> None:
    async with web_house(folder) as (served, site):
        told = (await run(served, "crawl", url=f"{site.url}/"))["value"]
        assert [(page["title"], page["text"]) for page in told["pages"]] == [
            ("Start", "About walruses.\nmore"),
            ("More", "They eat herring."),
        ]
        only = (await run(served, "crawl", url=f"{site.url}/", keywords=["HERRING"]))["value"]
        assert [page["title"] for page in only["pages"]] == ["More"] and len(only["skipped"]) == 1
        assert (await run(served, "crawl", url=f"{site.url}/nowhere"))["error"]["code"] == "page_unreadable"


async def test_a_token_that_may_not_ask_outside(folder: str) -> None:
    async with web_house(folder) as (served, site):
        token = await served.token("tools", boundary="machine")
        for tool, arguments in (
            ("search", {"query": "a"}),
            ("crawl", {"url": site.url}),
            ("crawl_site", {"url": site.url}),
            ("weather", {"place": "Paris"}),
            ("document_read", {"source": site.url}),
        ):
            assert (await asked(served, token, tool, arguments))["error"]["code"] == "forbidden"
        assert site.asked == []


async def asked(served: ServedDaemon, token: str, tool: str, arguments: dict) -> dict:
    _, reply = await served.over_http("POST", f"/v1/tools/{tool}/run", token, json={"arguments": arguments})
    return reply
