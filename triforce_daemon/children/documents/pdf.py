"""The text of a PDF, page by page, by pypdf."""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from triforce_daemon.children.documents.form import MOST_PAGES, Parsed, Refused, is_wanted

if TYPE_CHECKING:
    from pypdf import PdfReader

_PICTURES = "Have its pages made into pictures, and looked at: `analyze_image`."


def read(data: bytes, wanted: list[tuple[int, int]] | None) -> Parsed:
    """Only the wanted pages are looked at. Raises Refused, and whatever pypdf raises for one that is damaged."""
    # A fifth of a second that other documents need not pay.
    from pypdf import PasswordType, PdfReader

    reader = PdfReader(BytesIO(data), strict=False)
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        raise Refused("It is protected by a password.", "Save a copy without one.")
    total = len(reader.pages)
    if total > MOST_PAGES:
        raise Refused(f"It has {total:,} pages.", f"{MOST_PAGES:,} are the most.")
    title = reader.metadata.title if reader.metadata is not None else None
    return Parsed(title if isinstance(title, str) else None, _pages(reader, wanted, total), total)


def _pages(reader: "PdfReader", wanted: list[tuple[int, int]] | None, total: int) -> Iterator[tuple[int, str]]:
    looked_at, found = 0, False
    for number in range(1, total + 1):
        if is_wanted(number, wanted):
            text = reader.pages[number - 1].extract_text()
            looked_at, found = looked_at + 1, found or bool(text.strip())
            yield number, text
    if looked_at and not found:
        raise Refused("There is no text on its pages: they may be pictures.", _PICTURES)
