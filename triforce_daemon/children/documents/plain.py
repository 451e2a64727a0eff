"""Text and Markdown: their letters, whatever they are encoded in; a form feed begins a page."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from triforce_daemon.children.documents.form import MOST_PAGES, Parsed

_MARKS = ((BOM_UTF8, "utf-8"), (BOM_UTF16_LE, "utf-16-le"), (BOM_UTF16_BE, "utf-16-be"))
_HEADING = re.compile(r"^#{1,6}[ \t]+(\S.{0,200})", re.MULTILINE)


def read(data: bytes, *, markdown: bool) -> Parsed:
    text = decoded(data)
    heading = _HEADING.search(text) if markdown else None
    return Parsed(heading[1].rstrip("# ") if heading else None, enumerate(text.split("\f", MOST_PAGES - 1), 1))


def decoded(data: bytes, said: str | None = None) -> str:
    """By its mark, by the encoding that somebody `said`, as UTF-8, or as Windows' old one, which takes everything."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    for encoding in (said, "utf-8"):
        try:
            return data.decode(encoding or "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("cp1252", "replace")
