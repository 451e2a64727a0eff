"""Pages fetched: redirects, bounds of bytes and time, and what is told of them."""

import gzip
from collections.abc import AsyncIterator, Callable

import pytest

from tests.triforce_daemon.site import Answer, site
from triforce_daemon.errors import AddressRefused, InvalidRequest, UpstreamFailed, UpstreamTimeout
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.web.fetch import MOST_MOVES, Fetcher
from triforce_daemon.services.web.host_turns import HostTurns
from triforce_daemon.web_settings import Web

Make = Callable[..., Fetcher]


@pytest.fixture
async def fetcher() -> AsyncIterator[Make]:
    outbound = Outbound({})

    def make(**settings: object) -> Fetcher:
        given = {"allow": ["127.0.0.1"], "delay_seconds": 0, **settings}
        return Fetcher(outbound, HostTurns(Clock()), Web.model_validate(given))

    yield make
    await outbound.close()


def moved(to: str, status: int = 302) -> Answer:
    return Answer(status=status, headers={"Location": to})


async def test_a_page_with_what_is_told_of_it(fetcher: Make) -> None:
    async with site({"/a": Answer("grüße".encode("latin-1"), type='Text/HTML; charset="ISO-8859-1"')}) as running:
        page = await fetcher(contact="https://me.example").fetch(f"{running.url}/a#part", accept="text/html")
    assert (page.url, page.status, page.type, page.charset) == (f"{running.url}/a", 200, "text/html", "ISO-8859-1")
    assert page.body.decode("latin-1") == "grüße" and not page.truncated
    assert "User-Agent: triforce/" in running.heads[0] and "(+https://me.example)" in running.heads[0]
    assert "Accept: text/html" in running.heads[0]


async def test_it_is_followed_where_it_was_moved_to(fetcher: Make) -> None:
    seen: list[str] = []

    async def see(url: str) -> None:
        seen.append(url)

    async with site({"/a": moved("/b?x=1#y", 301), "/b": moved("c"), "/c": Answer("here")}) as running:
        page = await fetcher().fetch(f"{running.url}/a", before=see)
    assert (page.url, page.body) == (f"{running.url}/c", b"here")
    assert seen == [f"{running.url}/{path}" for path in ("a", "b?x=1", "c")]


async def test_a_circle_ends(fetcher: Make) -> None:
    async with site({"/a": moved("/a")}) as running:
        with pytest.raises(UpstreamFailed, match=f"moved more than {MOST_MOVES} times"):
            await fetcher().fetch(f"{running.url}/a")
    assert len(running.asked) == MOST_MOVES + 1


@pytest.mark.parametrize("place", ["http://127.0.0.2/", "http://[::1]/", "http://10.0.0.1/", "http://169.254.169.254/"])
async def test_it_is_not_followed_inside(fetcher: Make, place: str) -> None:
    async with site({"/a": moved(place)}) as running:
        with pytest.raises(AddressRefused):
            await fetcher().fetch(f"{running.url}/a")


async def test_no_more_is_read_than_is_wanted(fetcher: Make) -> None:
    async with site({"/a": "x" * 100_000}) as running:
        page = await fetcher().fetch(f"{running.url}/a", most=1_000)
        assert (len(page.body), page.truncated) == (1_000, True)
        assert not (await fetcher().fetch(f"{running.url}/a", most=100_000)).truncated


async def test_a_bomb_is_not_unpacked(fetcher: Make) -> None:
    bomb = Answer(gzip.compress(bytes(8 << 20)), headers={"Content-Encoding": "gzip"})
    async with site({"/a": bomb}) as running:
        with pytest.raises(UpstreamFailed, match="unpacks to more"):
            await fetcher(page_bytes=64 << 20).fetch(f"{running.url}/a")


async def test_whoever_never_ends_is_left(fetcher: Make) -> None:
    async with site({"/a": Answer(b"begun", headers={"Content-Length": "9"})}) as running:
        with pytest.raises(UpstreamTimeout):
            await fetcher(page_seconds=0.1).fetch(f"{running.url}/a")


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("ftp://host/", InvalidRequest),
        ("file:///etc/passwd", InvalidRequest),
        ("gopher://127.0.0.1:6379/_x", InvalidRequest),
        ("//host/", InvalidRequest),
        ("http://", InvalidRequest),
        ("http://[::1", InvalidRequest),
        ("http://a\\b/", InvalidRequest),
        ("http://ho\r\nst/", InvalidRequest),
        ("http://host/" + "x" * 2_000, InvalidRequest),
        ("http://me@example.com/", AddressRefused),
        ("http://me:secret@example.com/", AddressRefused),
        ("http://example.com:25/", AddressRefused),
        ("http://example.com:22/", AddressRefused),
    ],
)
async def test_what_is_never_asked(fetcher: Make, url: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        await fetcher(allow=[]).fetch(url)
