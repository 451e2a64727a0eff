"""Documents as text, page by page, wherever they lie and whatever kind they are of."""

from dataclasses import dataclass

from triforce_daemon.children.document_reader import DocumentReader
from triforce_daemon.children.documents.form import Kind, Page, Question
from triforce_daemon.errors import InvalidArguments
from triforce_daemon.services.documents.page_ranges import ranges
from triforce_daemon.services.files import Place
from triforce_daemon.services.sources.sources import Sources

#: Of the document as it lies there.
MOST_BYTES = 32 << 20
#: Of text that is handed to models: a thousand pages.
MOST_CHARACTERS = 3_000_000


@dataclass(frozen=True, slots=True)
class Document:
    kind: Kind
    title: str | None
    pages: list[Page]
    total: int
    """Pages of the whole document."""
    truncated: bool


@dataclass(frozen=True, slots=True)
class Documents:
    sources: Sources
    reader: DocumentReader

    async def read(self, place: Place, pages: str | None = None, most: int = MOST_CHARACTERS) -> Document:
        """At most `most` characters of the document that `place.path` names, of all pages or some.

        Raises what `Sources.get` does, SourceUnreadable, and InvalidArguments for pages that it does not have.
        """
        wanted = ranges(pages)
        source = await self.sources.get(place, MOST_BYTES)
        question = Question(name=source.name, media_type=source.media_type, wanted=wanted, most=most)
        answer = await self.reader.read(question, source.data)
        if wanted is not None and not answer["pages"]:
            raise InvalidArguments(f"The document has {answer['total']:,} pages, and none of these.", None)
        assert answer["kind"] is not None
        return Document(answer["kind"], answer["title"], answer["pages"], answer["total"], answer["truncated"])
