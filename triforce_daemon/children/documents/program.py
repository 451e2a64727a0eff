"""The program that reads documents: a question in a line on standard input, then the bytes; the answer in JSON.

A process of its own: what it reads was written by anybody, to be read slowly or to be larger than it looks. Run with
python -m …
"""

import json
import sys

from triforce_daemon.children.documents import pdf, plain, web_page, word
from triforce_daemon.children.documents.form import Answer, Kind, Page, Parsed, Question, Refused, clean, is_wanted
from triforce_daemon.children.documents.kinds import kind_of


def main() -> None:
    line, _, data = sys.stdin.buffer.read().partition(b"\n")
    print(json.dumps(answer(json.loads(line), data)))


def answer(question: Question, data: bytes) -> Answer:
    """Whatever a parser raises becomes words: the document is anybody's."""
    kind: Kind | None = None
    try:
        kind = kind_of(data, question["name"], question["media_type"])
        return _answered(kind, _parsed(kind, data, question), question)
    except Refused as refused:
        return _refused(kind, refused.why, refused.hint)
    except MemoryError:
        return _refused(kind, "To read it takes more memory than there is for it.", None)
    except Exception as error:  # noqa: BLE001 - other people's parsers of other people's files, see above
        return _refused(kind, f"It is damaged, or no {kind} at all ({type(error).__name__}).", None)


def _parsed(kind: Kind, data: bytes, question: Question) -> Parsed:
    if kind == "pdf":
        return pdf.read(data, question["wanted"])
    if kind == "docx":
        # The pages before those that are wanted are read as well.
        return word.read(data, question["most"] if question["wanted"] is None else 50 * question["most"])
    if kind == "html":
        return web_page.read(data, question["media_type"])
    return plain.read(data, markdown=kind == "markdown")


def _answered(kind: Kind, parsed: Parsed, question: Question) -> Answer:
    pages, seen, truncated = _taken(parsed, question)
    title = clean(parsed.title)[:300] if parsed.title else None
    total = parsed.total if parsed.total is not None else seen
    cut = truncated or parsed.cut
    return Answer(kind=kind, title=title or None, pages=pages, total=total, truncated=cut, refused=None, hint=None)


def _taken(parsed: Parsed, question: Question) -> tuple[list[Page], int, bool]:
    """Those that are wanted until there is enough text; the number of the last that was seen; whether some is left."""
    taken, left, seen, truncated = list[Page](), question["most"], 0, False
    for number, text in parsed.pages:
        seen = number
        if truncated and parsed.total is not None:
            break
        if truncated or not is_wanted(number, question["wanted"]):
            continue
        text = clean(text)
        taken.append(Page(number=number, text=text[:left]))
        truncated = len(text) > left
        left -= len(text)
    return taken, seen, truncated


def _refused(kind: Kind | None, why: str, hint: str | None) -> Answer:
    return Answer(kind=kind, title=None, pages=[], total=0, truncated=False, refused=why, hint=hint)


if __name__ == "__main__":
    main()
