"""Pages as text: what is one, and what is left of it."""

import pytest

from tests.triforce_daemon.services.web.reading import Reading, reading
from tests.triforce_daemon.site import Answer, site
from triforce_daemon.errors import PageUnreadable
from triforce_daemon.services.web.pages import Page


async def anywhere(_: str) -> None: ...


async def read(answer: Answer | str, **settings: object) -> Page:
    async with site({"/a": answer}) as running, reading(**settings) as all_of_it:
        return await of(all_of_it, f"{running.url}/a")


async def of(all_of_it: Reading, url: str, most: int = 100) -> Page:
    return await all_of_it.pages.read(url, anywhere, most)


async def test_a_page_of_html() -> None:
    page = await read("<title>T\x1b[31m</title><p>One\u202e</p><a href=b>b</a>")
    assert (page.status, page.title, page.text) == (200, "T", "One\nb")
    assert page.links == (page.url.removesuffix("a") + "b",)
    assert page.index and page.follow and not page.truncated


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Answer("<b>no markup</b>", type="text/plain"), "<b>no markup</b>"),
        (Answer("# Heading", type="text/markdown"), "# Heading"),
        (Answer('{"a": 1}', type="application/json"), '{"a": 1}'),
        (Answer("<p>nobody says</p>", type=""), "nobody says"),
        (Answer("grüße".encode("latin-1"), type="text/plain; charset=latin-1"), "grüße"),
    ],
)
async def test_what_is_read_as_text(answer: Answer, text: str) -> None:
    assert (await read(answer)).text == text


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(b"%PDF-1.7", type="application/pdf"), "but application/pdf"),
        (Answer(b"\x89PNG", type="image/png"), "but image/png"),
        (Answer("gone", 410), "answered with 410"),
    ],
)
async def test_what_is_no_page(answer: Answer, why: str) -> None:
    with pytest.raises(PageUnreadable, match=why):
        await read(answer)


async def test_no_more_than_was_wanted() -> None:
    page = await read("<p>" + "word " * 50)
    assert page.truncated and len(page.text) <= 100 and page.text.endswith("…")
    assert (await read("<p>" + "x" * 2_000, page_bytes=1_024)).truncated


@pytest.mark.parametrize(
    ("meta", "header", "index", "follow"),
    [
        ("noindex", "", False, True),
        ("", "nofollow", True, False),
        ("", "none", False, False),
        ("all", "noindex, nofollow", False, False),
    ],
)
async def test_what_a_page_says_to_robots(meta: str, header: str, index: bool, follow: bool) -> None:
    page = await read(Answer(f"<meta name=robots content='{meta}'>", headers={"X-Robots-Tag": header}))
    assert (page.index, page.follow) == (index, follow)
