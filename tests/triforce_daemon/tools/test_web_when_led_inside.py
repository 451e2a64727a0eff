"""Row 47 of what it must survive: no tool that fetches what it is told is led into this machine or its networks."""

from collections.abc import Mapping, Sequence

import pytest

from tests.triforce_daemon.outbound.test_reach import INSIDE, NOWHERE, Names
from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.site import Answer
from tests.triforce_daemon.web_house import web_house

#: Each tool that fetches what its caller names, the argument that names it, and what else it needs.
FETCHING: Sequence[tuple[str, str, Mapping[str, object]]] = [
    ("crawl", "url", {}),
    ("crawl", "url", {"same_host": False, "max_depth": 3}),
    ("crawl_site", "url", {"obey_robots": False}),
    ("document_read", "source", {}),
    ("analyze_image", "image", {}),
]
#: Names that an attacker's server gives whatever address he likes: of a CNAME nobody sees more than the address.
NAMES = {
    "inside.example": ["127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "of-version-6.example": ["::1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "several.example": ["10.0.0.1 192.168.0.1 fd00::1"],
}
ZONES = ["[fe80::1%25lo]", "[fe80::1%lo]", "[::1%25lo]"]


async def outcome(served: ServedDaemon, tool: str, name: str, url: str, more: Mapping[str, object]) -> str:
    """The code of the error that it ends with."""
    told = await run(served, tool, **{name: url, **more})
    job = (told["value"] or {}).get("job_id")
    if job is None:
        return told["error"]["code"] if told["error"] else "done"
    ended = (await run(served, "job_wait", job_id=job, timeout=10))["value"]
    return ended["error"]["code"] if ended["error"] else ended["state"]


async def test_wherever_it_is_told_to_go(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with web_house(folder, web__allow="") as (served, site):
        Names(monkeypatch, {name: list(answers) for name, answers in NAMES.items()})
        tool, name, more = FETCHING[0]
        for host in (*INSIDE, *NOWHERE, *ZONES, *NAMES):
            for scheme in ("http", "https"):
                code = await outcome(served, tool, name, f"{scheme}://{host}:{site.port}/", more)
                # Of an address with a zone not every system finds out what it is: then nobody is asked either.
                assert code == "address_refused" or (host in ZONES and code == "upstream_failed"), (host, code)
        assert site.asked == []


async def test_each_tool_asks_the_same_guard(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with web_house(folder, web__allow="") as (served, site):
        Names(monkeypatch, {name: list(answers) for name, answers in NAMES.items()})
        for tool, name, more in FETCHING:
            for host in ("127.1", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0", "user@127.0.0.1", *NAMES):
                code = await outcome(served, tool, name, f"http://{host}:{site.port}/", more)
                assert code == "address_refused", (tool, host)
        assert site.asked == []


#: Where a page that may be read sends whoever reads it.
ELSEWHERE = [
    "http://127.0.0.2:{port}/",
    "http://localhost:{port}/",
    "http://inside.example:{port}/",
    "http://[::1]:{port}/",
]


async def test_wherever_it_is_sent_on_to(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with web_house(folder, web__allow="open.example") as (served, site):
        Names(monkeypatch, {"open.example": ["127.0.0.1"], **NAMES})
        for number, place in enumerate(ELSEWHERE):
            there = place.format(port=site.port)
            site.answers[f"/sent{number}"] = Answer(status=302, headers={"Location": there})
            for tool, name, more in FETCHING:
                code = await outcome(served, tool, name, f"http://open.example:{site.port}/sent{number}", more)
                assert code in ("address_refused", "forbidden"), (tool, place, code)
        assert "/" not in site.asked


async def test_a_link_leads_no_further_than_a_url(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with web_house(folder, web__allow="open.example") as (served, site):
        Names(monkeypatch, {"open.example": ["127.0.0.1"], **NAMES})
        links = [place.format(port=site.port) for place in ELSEWHERE]
        site.answers["/links"] = Answer("<title>Links</title>" + "".join(f"<a href='{link}'>x</a>" for link in links))
        told = await run(served, "crawl", url=f"http://open.example:{site.port}/links", same_host=False)
        assert [page["title"] for page in told["value"]["pages"]] == ["Links"]
        assert {one["url"] for one in told["value"]["skipped"]} == set(links)
        assert "/" not in site.asked


async def test_a_name_that_turns_round(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the first answer may be asked, the second one, a moment later, may not."""
    async with web_house(folder) as (served, site):
        names = Names(monkeypatch, {"turning.example": ["127.0.0.1", "127.0.0.2"]})
        site.answers["/robots.txt"] = Answer("", type="text/plain", headers={"Connection": "close"})
        code = await outcome(served, "crawl", "url", f"http://turning.example:{site.port}/", {})
        assert (code, site.asked, len(names.asked)) == ("address_refused", ["/robots.txt"], 2)


async def test_searxngs_own_address_opens_nothing_else(folder: str) -> None:
    async with web_house(folder, web__allow="") as (served, site):
        assert (await run(served, "search", query="sqlite"))["ok"]
        assert (await run(served, "crawl", url=f"{site.url}/search"))["error"]["code"] == "address_refused"
        site.answers["/search"] = Answer(status=302, headers={"Location": f"{site.url}/v1/search"})
        refused = await run(served, "search", query="other", source="searxng")
        assert refused["error"]["code"] == "upstream_failed" and "sends us on" in refused["error"]["message"]
        assert "/v1/search" not in site.asked
