"""A Word document: its XML is read as it is unpacked, so that nothing in it can grow beyond what is wanted."""

import zipfile
from io import BytesIO
from typing import Protocol
from xml.parsers.expat import ParserCreate

from triforce_daemon.children.documents.form import Parsed, Refused
from triforce_daemon.children.documents.word_text import Body, Enough, Title

_BODY, _PROPERTIES = "word/document.xml", "docProps/core.xml"
_PIECE = 64 << 10
#: Unpacked; a book of a thousand pages has ten million.
_MOST_BYTES = 128 << 20
_MOST_ENTRIES = 10_000


class Hears(Protocol):
    """What is told of the elements of a file, by their names with their namespaces."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def read(data: bytes, most: int, most_bytes: int = _MOST_BYTES) -> Parsed:
    """`most`: characters; `most_bytes`: of each file when it is unpacked.

    Raises Refused, and BadZipFile, ExpatError and others where it is damaged.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = archive.namelist()
        if len(names) > _MOST_ENTRIES:
            raise Refused("It holds more files than any document does.")
        if _BODY not in names:
            raise Refused("It is an archive, and no Word document.", "Unpack it, and name one of its files.")
        title, body = Title(), Body(most)
        if _PROPERTIES in names:
            _parse(archive, _PROPERTIES, title, most_bytes)
        _parse(archive, _BODY, body, most_bytes)
    return Parsed(title.found.strip() or None, enumerate(body.pages(), 1), cut=body.cut)


def _parse(archive: zipfile.ZipFile, name: str, hears: Hears, most: int) -> None:
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = hears.start
    parser.EndElementHandler = hears.end
    parser.CharacterDataHandler = hears.text
    # No program that writes documents writes one; whoever does wants entities, which grow when they are read.
    parser.StartDoctypeDeclHandler = _refuse
    size = 0
    with archive.open(name) as file:
        try:
            while piece := file.read(_PIECE):
                size += len(piece)
                if size > most:
                    raise Refused("It is larger than any document when it is unpacked.")
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except Enough:
            return


def _refuse(*_: object) -> None:
    raise Refused("It declares a document type, as no Word document does.")
