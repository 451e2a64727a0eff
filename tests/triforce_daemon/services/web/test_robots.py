"""What sites want left alone, asked for once and obeyed."""

import pytest

from tests.triforce_daemon.services.web.reading import reading
from tests.triforce_daemon.simulated import SimulatedClock
from tests.triforce_daemon.site import Answer, site
from triforce_daemon.errors import AddressRefused, RobotsRefused, UpstreamFailed

RULES = """\
User-agent: *
Disallow: /

User-agent: triforce
User-agent: other
Crawl-delay: 7
Disallow: /private
Disallow: /*?sort=
Disallow: /*.pdf$
Allow: /private/open
"""


def rules(text: str = RULES, status: int = 200) -> dict[str, Answer]:
    return {"/robots.txt": Answer(text, status, type="text/plain")}


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/private", False),
        ("/private/open/x", True),
        ("/list?sort=up", False),
        ("/list?page=1", True),
        ("/a.pdf", False),
        ("/a.pdf?x", True),
        ("/%70rivate", False),
    ],
)
async def test_its_words_are_obeyed(path: str, allowed: bool) -> None:
    async with site(rules()) as running, reading() as read:
        assert (await read.robots.rules(running.url + path)).allow(running.url + path) is allowed
        if not allowed:
            with pytest.raises(RobotsRefused, match="says no"):
                await read.robots.require(running.url + path)


async def test_it_is_asked_for_once_an_hour() -> None:
    clock = SimulatedClock()
    async with site(rules()) as running, reading(clock) as read:
        for _ in range(3):
            await read.robots.require(f"{running.url}/a")
        assert running.asked == ["/robots.txt"]
        clock.moment += 3_601
        await read.robots.require(f"{running.url}/a")
        assert len(running.asked) == 2


async def test_the_longer_pause_holds() -> None:
    async with site(rules()) as running, reading(delay_seconds=2) as read:
        assert await read.robots.pause(f"{running.url}/a") == 7
    async with site(rules("User-agent: *\nCrawl-delay: 100000")) as running, reading() as read:
        assert await read.robots.pause(f"{running.url}/a") == 30
    async with site(rules("User-agent: *\nCrawl-delay: 0.1")) as running, reading(delay_seconds=2) as read:
        assert await read.robots.pause(f"{running.url}/a") == 2


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False), (503, False), (429, False)])
async def test_where_there_is_none(status: int, allowed: bool) -> None:
    async with site(rules("x", status)) as running, reading() as read:
        assert (await read.robots.rules(f"{running.url}/a")).allow(f"{running.url}/a") is allowed


async def test_a_site_that_does_not_answer_is_asked_again_sooner() -> None:
    clock = SimulatedClock()
    async with site({}) as gone:
        pass
    async with reading(clock) as read:
        with pytest.raises(UpstreamFailed, match="No connection"):
            await read.robots.require(f"{gone.url}/a")
    async with site(rules("", 500)) as running, reading(clock) as read:
        with pytest.raises(UpstreamFailed, match="does not say what may be read"):
            await read.robots.require(f"{running.url}/a")
        clock.moment += 301
        running.answers = rules()
        assert (await read.robots.rules(f"{running.url}/a")).allow(f"{running.url}/a")


async def test_what_it_fails_with_does_not_grow() -> None:
    """A kept error that is raised again and again remembers each time by which way it came."""
    async with site(rules("", 500)) as running, reading() as read:
        ways: list[int] = []
        for _ in range(3):
            with pytest.raises(UpstreamFailed) as raised:
                await read.robots.require(f"{running.url}/a")
            ways.append(len(raised.traceback))
        assert ways == ways[:1] * 3


async def test_it_leads_nowhere_inside() -> None:
    moved = {"/robots.txt": Answer(status=302, headers={"Location": "http://10.0.0.1/robots.txt"})}
    async with site(moved) as running, reading() as read:
        with pytest.raises(AddressRefused):
            await read.robots.require(f"{running.url}/a")


async def test_a_long_one_is_read_in_good_time() -> None:
    """Wildcards upon wildcards, which a careless matcher tries in all ways."""
    text = "User-agent: *\n" + "Disallow: /" + "*a" * 200 + "b\n" + "Disallow: /x\n" * 4_000
    async with site(rules(text)) as running, reading() as read:
        url = f"{running.url}/{'a' * 1_900}"
        assert (await read.robots.rules(url)).allow(url)
