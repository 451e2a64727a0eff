"""Pages and those that they lead to: in which order, how far, and what is left out."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.services.web.reading import reading
from tests.triforce_daemon.simulated import SimulatedClock
from tests.triforce_daemon.site import Answer, Site, site
from triforce_daemon.errors import AddressRefused, PageUnreadable, RobotsRefused
from triforce_daemon.services.web.crawl import Crawled, Wanted, same


def page(title: str, *links: str) -> str:
    return f"<title>{title}</title><p>About {title}.</p>" + "".join(f"<a href='{link}'>x</a>" for link in links)


TREE: Mapping[str, Answer | str] = {
    "/": page("start", "/a", "/b", "#here", "/a#there", "https://elsewhere.example/"),
    "/a": page("a", "/c", "/"),
    "/b": page("b", "/missing", "/file.pdf"),
    "/c": page("c", "/d"),
    "/d": page("d"),
    "/file.pdf": Answer(b"%PDF", type="application/pdf"),
}


async def crawl(running: Site, clock: SimulatedClock | None = None, **wanted: object) -> Crawled:
    seeds = wanted.pop("seeds", ["/"])
    given = {"max_pages": 10, "max_depth": 3, **wanted}
    async with reading(clock) as read:
        assert isinstance(seeds, list)
        urls = [seed if "://" in seed else running.url + seed for seed in seeds]
        return await read.crawler.crawl(Wanted(urls, **given), lambda _, __: None)  # type: ignore[arg-type]


def titles(crawled: Crawled) -> list[str]:
    return [one["title"] for one in crawled.pages]


async def test_the_nearest_first_each_once() -> None:
    async with site(TREE) as running:
        crawled = await crawl(running)
    assert titles(crawled) == ["start", "a", "b", "c", "d"]
    assert [one["reason"] for one in crawled.skipped] == [
        "There is no page: the server answered with 404.",
        "There is no page of text, but application/pdf.",
    ]
    assert (crawled.errors, crawled.looked, crawled.remark) == (2, 7, None)
    assert crawled.pages[0]["links"][-1] == "https://elsewhere.example/"
    assert running.asked[0] == "/robots.txt" and len(running.asked) == 8 and running.most_at_once == 1


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"max_depth": 0}, ["start"]),
        ({"max_depth": 1}, ["start", "a", "b"]),
        ({"max_pages": 2}, ["start", "a"]),
        ({"keywords": ["ABOUT C", "about d"]}, ["c", "d"]),
        ({"seeds": ["/c", "/b"]}, ["c", "b", "d"]),
    ],
)
async def test_how_far(wanted: dict[str, object], found: list[str]) -> None:
    async with site(TREE) as running:
        assert titles(await crawl(running, **wanted)) == found


async def test_few_pages_with_the_keywords_do_not_keep_it_going() -> None:
    endless = {f"/{number}": page(str(number), f"/{number + 1}") for number in range(20)}
    async with site({"/": page("start", "/0"), **endless}) as running:
        crawled = await crawl(running, keywords=["nowhere"], max_pages=1, max_depth=99)
    assert crawled.looked == 5 and "few held the keywords" in (crawled.remark or "")


async def test_what_robots_are_asked_not_to_read() -> None:
    rules = Answer("User-agent: *\nDisallow: /a", type="text/plain")
    hidden = "<meta name=robots content=noindex>" + page("b", "/c")
    async with site({**TREE, "/robots.txt": rules, "/b": hidden}) as running:
        crawled = await crawl(running)
        assert titles(crawled) == ["start", "c", "d"]
        assert "robots.txt" in crawled.skipped[0]["reason"] and "not to be shown" in crawled.skipped[1]["reason"]
        assert "/a" not in running.asked
        with pytest.raises(RobotsRefused):
            await crawl(running, seeds=["/a"])
        assert titles(await crawl(running, obey_robots=False, max_depth=1)) == ["start", "a", "b"]


async def test_another_host_is_left_alone() -> None:
    async with site({"/": page("other")}) as other, site({"/x": Answer(status=301)}) as running:
        moved = Answer(status=301, headers={"Location": f"{other.url}/"})
        running.answers |= {"/": Answer(page("start", f"{other.url}/", "/moved")), "/moved": moved}
        crawled = await crawl(running)
        assert titles(crawled) == ["start"]
        assert crawled.skipped[0]["reason"] == "The page was moved to another host."
        assert titles(await crawl(running, same_host=False)) == ["start", "other"]
        # What the caller himself has named may be anywhere, and is where it was found then.
        assert titles(await crawl(running, seeds=["/moved"])) == ["other"]


async def test_the_only_place_says_what_is_wrong_with_it() -> None:
    async with site({}) as running:
        with pytest.raises(PageUnreadable):
            await crawl(running)
        with pytest.raises(AddressRefused):
            await crawl(running, seeds=["http://10.0.0.1/"])
        assert (await crawl(running, seeds=["/", "http://10.0.0.1/"])).errors == 2


async def test_no_page_shows_more_links_than_anybody_reads() -> None:
    long = [f"/{number}{'x' * 1_500}" for number in range(50)]
    async with site({"/": page("start", *long)}) as running:
        links = (await crawl(running, max_depth=0)).pages[0]["links"]
    assert 0 < sum(map(len, links)) <= 10_000


async def test_a_link_inside_is_not_followed() -> None:
    links = ["http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::1]/", "http://me@127.0.0.1/"]
    async with site({"/": page("start", *links)}) as running:
        crawled = await crawl(running, same_host=False)
    assert [one["url"] for one in crawled.skipped] == links and crawled.errors == len(links)


async def test_it_ends_in_time() -> None:
    clock = SimulatedClock()
    rules = Answer("User-agent: *\nCrawl-delay: 20", type="text/plain")
    async with site({**TREE, "/robots.txt": rules}) as running:
        crawled = await crawl(running, clock, seconds=30)
    assert titles(crawled) == ["start", "a", "b"] and "after 30 s" in (crawled.remark or "")
    assert clock.slept == [20, 20]


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("HTTP://A.example:80", "http://a.example/"),
        ("https://a.example:443/x?y#z", "https://a.example/x?y"),
        ("http://a.example:443/", "http://a.example:443/"),
        ("http://[::1", "http://[::1"),
    ],
)
def test_what_is_the_same_place(url: str, plain: str) -> None:
    assert same(url) == plain


@given(st.text(alphabet="htps:/.[]@#?80a\x00é", max_size=40))
def test_any_text_is_the_same_as_itself(text: str) -> None:
    assert same(same(text)) == same(text)
