"""Pages read by a real child, and pages that would be read for ever."""

from collections.abc import AsyncIterator, Callable

import pytest

from triforce_daemon.children.confinement import Hidden
from triforce_daemon.children.page_reader import PageReader
from triforce_daemon.children.page_words import Question
from triforce_daemon.children.sandbox import Sandbox
from triforce_daemon.errors import PageUnreadable
from triforce_daemon.runtime.tasks import Tasks

Make = Callable[..., PageReader]
QUESTION = Question(url="https://a.example/p", charset="utf-8", form="html")
#: Nothing that could confine it is found there.
NOWHERE = ("/nonexistent",)


@pytest.fixture
async def reader() -> AsyncIterator[Make]:
    tasks = Tasks()

    def make(*programs: str, **options: object) -> PageReader:
        return PageReader(tasks, Sandbox(tasks, Hidden(), *programs), **options)  # type: ignore[arg-type]

    yield make
    await tasks.stop()


@pytest.mark.parametrize("programs", [(), NOWHERE])
async def test_a_page(reader: Make, programs: tuple[str, ...]) -> None:
    page = "<title>Grüße</title><p>Text</p><a href=x>x</a>".encode()
    found = await reader(*programs).read(page, QUESTION)
    assert found == {"title": "Grüße", "text": "Text\nx", "links": ["https://a.example/x"], "robots": ""}


async def test_a_page_that_is_made_to_be_slow_ends_in_time(reader: Make) -> None:
    """Every open element is looked through for each further one: a megabyte of them takes minutes."""
    with pytest.raises(PageUnreadable, match="takes too long"):
        await reader(*NOWHERE, seconds=0.5).read(b"<div>" * 200_000, QUESTION)


async def test_a_child_that_fails(reader: Make) -> None:
    with pytest.raises(PageUnreadable, match="No module named"):
        await reader(*NOWHERE, program="nowhere_at_all").read(b"<p>x", QUESTION)
