"""Pages read by a real child, and pages that would be read for ever."""

import os
import sys
from collections.abc import AsyncIterator, Callable

import pytest

from triforce_daemon.children.page_reader import PageReader
from triforce_daemon.children.page_words import Question
from triforce_daemon.errors import PageUnreadable
from triforce_daemon.runtime.tasks import Tasks

Make = Callable[..., PageReader]
QUESTION = Question(url="https://a.example/p", charset="utf-8", form="html")


@pytest.fixture
async def reader() -> AsyncIterator[Make]:
    tasks = Tasks()

    def make(script: str | None = None, **options: object) -> PageReader:
        program = {"program": [sys.executable, "-c", script]} if script is not None else {}
        return PageReader(os.environ, tasks, **program, **options)  # type: ignore[arg-type]

    yield make
    await tasks.stop()


async def test_a_page(reader: Make) -> None:
    page = "<title>Grüße</title><p>Text</p><a href=x>x</a>".encode()
    found = await reader().read(page, QUESTION)
    assert found == {"title": "Grüße", "text": "Text\nx", "links": ["https://a.example/x"], "robots": ""}


async def test_a_page_that_is_made_to_be_slow_ends_in_time(reader: Make) -> None:
    """Every open element is looked through for each further one: a megabyte of them takes minutes."""
    with pytest.raises(PageUnreadable, match="takes too long"):
        await reader(seconds=0.5).read(b"<div>" * 200_000, QUESTION)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("import sys; sys.stdin.read(); print('x' * 17_000_000)", "too large"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "was ended"),
        ("raise SystemExit(1)", "failed"),
        ("import sys; sys.stdin.read(); bytearray(2 << 30)", "failed"),
    ],
)
async def test_a_child_that_fails(reader: Make, script: str, why: str) -> None:
    with pytest.raises(PageUnreadable, match=why):
        await reader(script).read(b"<p>x", QUESTION)


async def test_nothing_of_the_daemon_is_given_to_it(reader: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "secret")
    show = (
        "import json, os; print(json.dumps({'title': '', 'text': repr(dict(os.environ)), 'links': [], 'robots': ''}))"
    )
    assert "secret" not in (await reader(show).read(b"", QUESTION))["text"]
