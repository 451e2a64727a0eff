"""Word documents are read as they are unpacked: what grows, declares or nests is given up in time."""

from zipfile import BadZipFile

import pytest

from tests.triforce_daemon.children.documents.made import WORD, docx, paragraph, zipped
from triforce_daemon.children.documents.form import Refused
from triforce_daemon.children.documents.word import read


def test_its_text_and_title() -> None:
    parsed = read(docx(paragraph("One &amp; two"), title="About it"), 100)
    assert (parsed.title, list(parsed.pages), parsed.cut) == ("About it", [(1, "One & two")], False)
    strict = docx(paragraph("x"), namespace="http://purl.oclc.org/ooxml/wordprocessingml/main")
    assert list(read(strict, 100).pages) == [(1, "x")]


def test_no_more_is_read_than_is_wanted() -> None:
    parsed = read(docx(paragraph("12345") * 1_000), 12)
    assert parsed.cut and list(parsed.pages) == [(1, "12345\n\n12345\n\n12345")]


def test_what_grows_is_given_up() -> None:
    bomb = zipped({"word/document.xml": f'<w:d xmlns:w="{WORD}">'.encode() + b" " * (4 << 20)})
    assert len(bomb) < 10_000
    with pytest.raises(Refused, match="larger than any"):
        read(bomb, 100, most_bytes=1 << 20)


def test_no_entity_is_read() -> None:
    laughs = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]><d>&b;&x;</d>'
    for name in ("word/document.xml", "docProps/core.xml"):
        with pytest.raises(Refused, match="document type"):
            read(docx("", more={name: laughs}), 100)


def test_what_is_none() -> None:
    with pytest.raises(Refused, match="no Word document"):
        read(zipped({"a.txt": b"x"}), 100)
    with pytest.raises(Refused, match="more files"):
        read(zipped({str(number): b"" for number in range(10_001)}), 100)
    with pytest.raises(BadZipFile):
        read(b"PK\x03\x04 and no more", 100)
    with pytest.raises(Refused, match="deeper"):
        read(docx("<w:tbl>" * 1_100), 100)
