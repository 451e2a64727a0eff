"""A document from wherever it lies, as pages."""

from dataclasses import dataclass
from typing import cast

import pytest

from tests.triforce_daemon.children.documents.made import docx, paragraph
from triforce_daemon.access.caller import SELF
from triforce_daemon.children.document_reader import DocumentReader
from triforce_daemon.children.documents.form import Answer, Question
from triforce_daemon.children.documents.program import answer
from triforce_daemon.errors import InvalidArguments
from triforce_daemon.services.documents.documents import MOST_BYTES, Document, Documents
from triforce_daemon.services.files import Place
from triforce_daemon.services.sources.sources import Source, Sources


@dataclass
class InHouse:
    """Stands for where documents lie and for the child that reads them."""

    source: Source

    async def get(self, place: Place, most: int) -> Source:
        assert most == MOST_BYTES
        return self.source

    async def read(self, question: Question, data: bytes) -> Answer:
        return answer(question, data)


async def read(source: Source, pages: str | None = None, most: int = 100) -> Document:
    house = InHouse(source)
    documents = Documents(cast(Sources, house), cast(DocumentReader, house))
    return await documents.read(Place(SELF, "x"), pages, most)


async def test_its_pages_and_what_is_known_of_it() -> None:
    told = await read(Source(docx(paragraph("Hello"), title="T"), "x"))
    assert told == Document("docx", "T", [{"number": 1, "text": "Hello"}], 1, False)
    told = await read(Source(b"# One\n\ftwo\fthree", "x.md"), "2-", 5)
    assert (told.kind, told.total, told.truncated) == ("markdown", 3, True)
    assert [(page["number"], page["text"]) for page in told.pages] == [(2, "two"), (3, "th")]
    assert (await read(Source(b"<p>x", "", "text/html"))).kind == "html"


async def test_pages_that_it_does_not_have() -> None:
    with pytest.raises(InvalidArguments, match="has 1 pages"):
        await read(Source(b"one", "x"), "2")
    with pytest.raises(InvalidArguments, match="pages does not fit"):
        await read(Source(b"one", "x"), "one")
