"""What a reader of a page would see, whatever it is made of, in good time."""

import time

import pytest

from triforce_daemon.children.documents.form import clean
from triforce_daemon.children.documents.web_page import read


def text_of(page: bytes, media_type: str | None = None) -> str:
    ((_, text),) = read(page, media_type).pages
    return clean(text)


def test_its_title_and_text() -> None:
    page = b"<title> A\n title </title><style>p {}</style><script>no()</script><h1>One</h1><p>Some <b>bold</b> text"
    assert read(page, None).title == "A title"
    assert text_of(page).split() == ["One", "Some", "bold", "text"]
    assert not read(page, None).cut and read(b"<p>" + b"word " * 300_000, None).cut


def test_its_encoding() -> None:
    assert text_of("<p>grün".encode("latin-1"), "text/html; charset=iso-8859-1") == "grün"
    assert text_of('<meta charset="windows-1252"><p>grün'.encode("cp1252")) == "grün"
    assert text_of("<p>grün".encode()) == "grün"


@pytest.mark.parametrize("piece", [b"<", b"<![CDATA[", b"<!--", b"&amp", b"</scrip", b"<a b='"])
def test_no_page_is_read_slowly(piece: bytes) -> None:
    began = time.process_time()
    text_of(b"<html>" + piece * (200_000 // len(piece)))
    assert time.process_time() - began < 2
