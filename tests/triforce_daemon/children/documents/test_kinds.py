"""A document's kind is what it begins with; names count among texts alone."""

import pytest

from tests.triforce_daemon.children.documents.made import docx, pdf
from triforce_daemon.children.documents.form import Refused
from triforce_daemon.children.documents.kinds import kind_of


@pytest.mark.parametrize(
    ("data", "name", "media_type", "kind"),
    [
        (pdf("x"), "x.txt", "text/plain", "pdf"),
        (b"HTTP junk\n%PDF-1.7", "x.pdf", None, "pdf"),
        (b"About %PDF-1.7", "x.md", None, "markdown"),
        (docx(""), "x.pdf", None, "docx"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><p>x", "x.txt", None, "html"),
        (b"<p>x", "", "text/html; charset=utf-8", "html"),
        (b"<p>x", "a.HTM", None, "html"),
        (b"# x", "README.md", None, "markdown"),
        (b"# x", "", "text/markdown", "markdown"),
        (b"# x", "x", None, "text"),
        ("grün".encode("utf-16"), "x", None, "text"),
        (b"", "x", None, "text"),
    ],
)
def test_by_its_beginning(data: bytes, name: str, media_type: str | None, kind: str) -> None:
    assert kind_of(data, name, media_type) == kind


@pytest.mark.parametrize(
    ("data", "hint"), [(b"\x7fELF\0\0", "PDF, Word"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "docx")]
)
def test_what_is_no_document(data: bytes, hint: str) -> None:
    with pytest.raises(Refused) as refused:
        kind_of(data, "x.pdf", "application/pdf")
    assert hint in (refused.value.hint or "")
