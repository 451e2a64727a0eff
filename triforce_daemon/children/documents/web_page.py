"""The text of an HTML page: what is read, without what runs, in lines as a browser would break them."""

import re
from html.parser import HTMLParser

from triforce_daemon.children.documents.form import Parsed
from triforce_daemon.children.documents.plain import decoded

_SILENT = frozenset({"script", "style", "template", "noscript", "svg", "math", "iframe", "object", "canvas", "select"})
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "dd", "details", "dialog", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "li", "main", "nav", "ol", "p", "pre"),
        *("section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    )
)
_CELLS = frozenset({"td", "th"})
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([a-zA-Z0-9_-]{1,40})""", re.IGNORECASE)
_SAID = re.compile(r"charset\s*=\s*[\"']?([a-zA-Z0-9_-]{1,40})", re.IGNORECASE)


def read(data: bytes, media_type: str | None) -> Parsed:
    told = _SAID.search(media_type or "")
    found = _CHARSET.search(data[:2_048])
    reader = _Reader()
    reader.feed(decoded(data, told[1] if told else found[1].decode() if found else None))
    reader.close()
    return Parsed(" ".join(reader.title.split()) or None, [(1, reader.text())])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self._lines: list[str] = []
        self._line: list[str] = []
        #: What is open of the elements whose text is not read.
        self._silent: list[str] = []
        self._in_title = False
        self._verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag == "title" and not self.title:
            self._in_title = True
        elif tag == "br":
            self._break()
        elif tag in _HEADINGS or tag in _BLOCKS:
            self._break()
            self._line += _HEADINGS.get(tag, "- " if tag == "li" else "")
            self._verbatim += tag == "pre"
            if tag not in ("li", "tr", "dt", "dd"):
                self._lines.append("")
        elif tag in _CELLS and "".join(self._line).strip():
            self._line.append("\t")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # In HTML a slash ends nothing: <div/> is open.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            # What was left open inside it is closed with it.
            del self._silent[self._silent.index(tag) :]
        elif tag == "title":
            self._in_title = False
        elif tag in _HEADINGS or tag in _BLOCKS:
            self._break()
            self._verbatim = max(0, self._verbatim - (tag == "pre"))
            if tag not in ("li", "tr", "dt", "dd"):
                self._lines.append("")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data[: 1_000 - len(self.title)]
        elif self._silent:
            return
        elif self._verbatim:
            first, *more = data.split("\n")
            self._line.append(first)
            for line in more:
                self._break()
                self._line.append(line)
        else:
            self._line.append(re.sub(r"\s+", " ", data))

    def text(self) -> str:
        self._break()
        return "\n".join(self._lines)

    def _break(self) -> None:
        line = "".join(self._line)
        line = line.rstrip() if self._verbatim else re.sub(r" ?\t ?", "\t", re.sub(" +", " ", line).strip())
        self._line.clear()
        if line or self._verbatim:
            self._lines.append(line)
