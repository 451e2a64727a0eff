"""Documents: read as text, summarised, translated."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.children.documents.form import Kind
from triforce_daemon.services.documents import summary, translation
from triforce_daemon.services.documents.documents import Documents
from triforce_daemon.services.documents.summary import Length, Summaries, Summary
from triforce_daemon.services.documents.translation import Translation, Translations
from triforce_daemon.services.files import Place
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool

Source = Annotated[str, "a file in a workspace, an https URL or a data URL", Field(min_length=1, max_length=45_000_000)]
Model = Annotated[str | None, "an id, an alias or a bare name; without it the default model"]
Language = Annotated[str, Field(min_length=2, max_length=60)]

Word = Annotated[str, Field(min_length=1, max_length=200)]


class DocumentText(TypedDict):
    text: str
    pages: int
    """Of the whole document."""
    type: Kind
    title: str | None
    truncated: bool


@tool(
    tier="free",
    effect="read",
    open_world=True,
    keywords=("PDF", "Word", "docx", "HTML", "extract text", "Dokument lesen", "Text aus PDF", "Seiten", "Datei"),
)
async def document_read(
    source: Source,
    pages: Annotated[str | None, "only these, like 1-3,7 or 12-", Field(max_length=1_000)] = None,
    max_chars: Annotated[int, "how much at most", Field(ge=1, le=2_000_000)] = 100_000,
    *,
    documents: Documents,
    call: ToolCall,
) -> DocumentText:
    """Read a document as text: PDF, Word, HTML, Markdown or text."""
    found = await documents.read(Place(call.caller, source, call.folder), pages, max_chars)
    return DocumentText(
        text="\n\n".join(page["text"] for page in found.pages if page["text"]),
        pages=found.total,
        type=found.kind,
        title=found.title,
        truncated=found.truncated,
    )


@tool(
    tier="pro",
    effect="write",
    scope="inference",
    open_world=True,
    keywords=("summary", "abstract", "key points", "zusammenfassen", "Zusammenfassung", "Kurzfassung", "Zitate"),
)
async def document_summarize(
    source: Source,
    length: Annotated[Length, "about 100, 300 or 800 words"] = "short",
    language: Annotated[Language | None, "of the summary; without it the document's own"] = None,
    model: Model = None,
    *,
    documents: Documents,
    summaries: Summaries,
    call: ToolCall,
) -> Summary:
    """Summarise a document, with quotes that stand in it to the letter."""
    found = await documents.read(Place(call.caller, source, call.folder))
    wish = summary.Wish(length, language, model)
    return await summaries.summarise(call.caller, call.request_id, found, wish, call.progress)


@tool(
    tier="pro",
    effect="write",
    scope="inference",
    open_world=True,
    keywords=("translation", "another language", "übersetzen", "Übersetzung", "Sprache", "Glossar"),
)
async def document_translate(
    source: Source,
    to: Annotated[Language, "the language, like German or de-AT"],
    model: Model = None,
    glossary: Annotated[
        dict[Word, Word] | None,
        "words that have to be translated in one way",
        Field(max_length=500),
    ] = None,
    *,
    documents: Documents,
    translations: Translations,
    call: ToolCall,
) -> Translation:
    """Translate a document, paragraph by paragraph, and name what was not."""
    found = await documents.read(Place(call.caller, source, call.folder))
    wish = translation.Wish(to, model, glossary or {})
    return await translations.translate(call.caller, call.request_id, found, wish, call.progress)
