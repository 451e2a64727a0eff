"""The text of an HTML page, as the program reads it that reads pages of the web."""

import re

from triforce_daemon.children.documents.form import Parsed
from triforce_daemon.children.page_process import LONGEST_TEXT
from triforce_daemon.children.page_process import read as read_page
from triforce_daemon.children.page_words import Question

_SAID = re.compile(r"charset\s*=\s*[\"']?([a-zA-Z0-9_.:-]{1,40})", re.IGNORECASE)


def read(data: bytes, media_type: str | None) -> Parsed:
    """`media_type`: as the answer's head had it, with the encoding that it names."""
    told = _SAID.search(media_type or "")
    page = read_page(data, Question(url="", charset=told[1] if told else None, form="html"))
    cut = len(page["text"]) >= LONGEST_TEXT
    return Parsed(page["title"] or None, [(1, page["text"])], cut=cut)
