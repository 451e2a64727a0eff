"""What kind of document some bytes are: by how they begin, and only among texts by what others say of them."""

from triforce_daemon.children.documents.form import Kind, Refused

KNOWN = "PDF, Word (.docx), HTML, Markdown and text can be read."
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_MARKS = (b"\xff\xfe", b"\xfe\xff")
#: How far is looked for what no text holds.
_LOOKED_AT = 8_192


def kind_of(data: bytes, name: str, media_type: str | None) -> Kind:
    """Raises Refused for what is no document that can be read."""
    name, said = name.lower(), (media_type or "").partition(";")[0].strip().lower()
    begins = data[:1_024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if begins.startswith(b"%pdf-") or ((name.endswith(".pdf") or said == "application/pdf") and b"%pdf-" in begins):
        return "pdf"
    if data.startswith(_ZIP):
        return "docx"
    if data.startswith(_OLD_OFFICE):
        raise Refused("It is a file of an Office from before 2007.", "Save it as .docx.")
    if b"\0" in data[:_LOOKED_AT] and not data.startswith(_MARKS):
        raise Refused("It is no document that can be read.", KNOWN)
    if begins.startswith((b"<!doctype html", b"<html")) or said in ("text/html", "application/xhtml+xml"):
        return "html"
    if name.endswith((".html", ".htm", ".xhtml")):
        return "html"
    return "markdown" if name.endswith((".md", ".markdown")) or said == "text/markdown" else "text"
