"""The text of a PDF, page by page; what cannot be read says why."""

import io

import pytest
from pypdf import PdfReader, PdfWriter

from tests.triforce_daemon.children.documents.made import pdf
from triforce_daemon.children.documents.form import Refused
from triforce_daemon.children.documents.pdf import read


def locked(data: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(password, owner_password="owner", algorithm="AES-256")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_pages_and_title() -> None:
    parsed = read(pdf("The first\npage", "The second", title="A report"), None)
    assert (parsed.title, parsed.total) == ("A report", 2)
    assert list(parsed.pages) == [(1, "The first\npage"), (2, "The second")]
    assert list(read(pdf("a", "b", "c"), [(2, 9)]).pages) == [(2, "b"), (3, "c")]


def test_a_password() -> None:
    assert list(read(locked(pdf("open"), ""), None).pages) == [(1, "open")]
    with pytest.raises(Refused, match="password"):
        read(locked(pdf("shut"), "secret"), None)


def test_pages_that_are_pictures() -> None:
    with pytest.raises(Refused, match="pictures"):
        list(read(pdf("", " "), None).pages)
    assert list(read(pdf("a"), [(5, 6)]).pages) == []
