"""Documents are read in a child that is confined where it can be, and that is given up in time."""

import os

import pytest

from tests.triforce_daemon.children.documents.made import docx, paragraph, pdf
from triforce_daemon.children.confinement import Hidden
from triforce_daemon.children.document_reader import DocumentReader
from triforce_daemon.children.documents.form import Question
from triforce_daemon.children.sandbox import Sandbox
from triforce_daemon.errors import SourceUnreadable
from triforce_daemon.runtime.tasks import Tasks

ALL = Question(name="x", media_type=None, wanted=None, most=1_000)
#: Nothing that could confine it is found there.
NOWHERE = "/nonexistent"


def reader(tasks: Tasks, programs: str | None = None, **more: object) -> DocumentReader:
    sandbox = Sandbox(tasks, Hidden(), *((programs,) if programs else ()))
    return DocumentReader(tasks, sandbox, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("programs", [None, NOWHERE])
async def test_a_document_is_read(programs: str | None) -> None:
    tasks = Tasks()
    read = reader(tasks, programs)
    told = await read.read(ALL, pdf("Hello") if programs is None else docx(paragraph("Hello")))
    assert told["pages"] == [{"number": 1, "text": "Hello"}]
    with pytest.raises(SourceUnreadable, match="no docx at all"):
        await read.read(ALL, b"PK\x03\x04")
    await tasks.stop()


@pytest.mark.parametrize("programs", [None, NOWHERE])
async def test_who_takes_too_long_is_given_up(programs: str | None) -> None:
    tasks = Tasks()
    with pytest.raises(SourceUnreadable, match="too long"):
        await reader(tasks, programs, program="http.server", seconds=0.3).read(ALL, b"x")
    with pytest.raises(SourceUnreadable, match="cannot be read"):
        await reader(tasks, programs, program="nowhere_at_all").read(ALL, b"x")
    await tasks.stop()


async def test_it_sees_nothing_of_the_daemons_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", "secret")
    tasks = Tasks()
    read = reader(tasks, NOWHERE)
    assert (await read.read(ALL, b"text"))["kind"] == "text"
    with pytest.raises(SourceUnreadable) as refused:
        await reader(tasks, NOWHERE, program="this").read(ALL, b"text")
    assert "secret" not in str(refused.value) and os.environ["CANARY"] == "secret"
    await tasks.stop()
