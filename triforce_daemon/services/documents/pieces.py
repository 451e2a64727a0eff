"""Cuts text into pieces that a model can take, where a reader would: between paragraphs, lines, sentences, words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triforce_daemon.children.documents.form import Page
from triforce_daemon.errors import PayloadTooLarge, SourceUnreadable
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.services.documents.documents import Document

#: Where a text is cut, the best place first.
_SEAMS = ("\n\n", "\n", ". ", " ")
#: Of a model of which nobody says what it holds.
_USUAL_CONTEXT = 8_192
#: Tokens for what is asked and for what is answered.
_ASIDE = 1_500
#: Fewer than of English prose: other languages and tables have more tokens for the same letters.
_CHARACTERS_PER_TOKEN = 2.5
_SHORTEST, _LONGEST = 1_000, 60_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """`share`: of the model's context for a piece; `pieces` and `characters` of each at most."""

    share: float
    pieces: int
    characters: int = _LONGEST


@dataclass(frozen=True, slots=True)
class Paragraph:
    page: int
    text: str


def characters_for(candidate: Candidate, share: float) -> int:
    """How long a piece may be that takes that share of the model's context."""
    context = (candidate.listed.context if candidate.listed else None) or _USUAL_CONTEXT
    room = int((context - min(_ASIDE, context // 2)) * share * _CHARACTERS_PER_TOKEN)
    return min(max(room, _SHORTEST), _LONGEST)


def divided(document: Document, candidate: Candidate, bounds: Bounds) -> tuple[list[list[Paragraph]], int]:
    """The document in pieces that the model can take, and how long each may be.

    Raises SourceUnreadable where there is no text, PayloadTooLarge where there is too much.
    """
    most = min(characters_for(candidate, bounds.share), bounds.characters)
    pieces = gathered(list(paragraphs(document.pages, most)), most)
    if not pieces:
        raise SourceUnreadable("There is no text in the document.", None)
    if document.truncated or len(pieces) > bounds.pieces:
        raise PayloadTooLarge(
            f"The document is too long for {candidate.id}.",
            f"It may have {bounds.pieces} pieces of {most:,} characters: take a part of it, or a model with more room.",
        )
    return pieces, most


def paragraphs(pages: Sequence[Page], most: int) -> Iterator[Paragraph]:
    """Each with the page that it stands on; what is longer than `most` characters is cut."""
    for page in pages:
        for text in page["text"].split("\n\n"):
            for piece in cut(text.strip("\n"), most):
                if piece.strip():
                    yield Paragraph(page["number"], piece)


def cut(text: str, most: int) -> Iterator[str]:
    """Pieces of at most `most` characters that are the text again when they are joined."""
    while len(text) > most:
        end = _seam(text, most)
        yield text[:end]
        text = text[end:]
    yield text


def gathered(found: Sequence[Paragraph], most: int) -> list[list[Paragraph]]:
    """The paragraphs in their order, together as far as `most` characters go."""
    pieces: list[list[Paragraph]] = []
    size = most
    for paragraph in found:
        if size + len(paragraph.text) > most:
            pieces.append([])
            size = 0
        pieces[-1].append(paragraph)
        size += len(paragraph.text)
    return pieces


def _seam(text: str, most: int) -> int:
    for seam in _SEAMS:
        place = text.rfind(seam, most // 2, most - len(seam) + 1)
        if place > 0:
            return place + len(seam)
    return most
