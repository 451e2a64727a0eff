"""The program that reads a page of HTML: a question and the page on standard input, its text and links out.

A process of its own, with limits: pages are anybody's, and no parser reads every one of them in good time. Run:
python -m …
"""

import json
import re
import sys
from contextlib import suppress
from urllib.parse import urldefrag, urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from triforce_daemon.children.page_words import PageText, Question

LONGEST_TEXT = 1_000_000
MOST_LINKS = 1_000
LONGEST_LINK = 2_000

#: What no reader sees, or reads as text.
_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas", "head", "select", "button"}
)
#: What stands around a text on every page of a site.
_AROUND = frozenset({"nav", "header", "footer", "aside", "form", "dialog"})
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
    "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
#: A page's main part counts as such where it says something.
_SAYS_SOMETHING = 200
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_SNIFFED = 1_024
_SPACES = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n\s*\n\s*")
_TEXT_NODE = "-text"


def main() -> None:
    question: Question = json.loads(sys.stdin.buffer.readline())
    sys.stdout.write(json.dumps(read(sys.stdin.buffer.read(), question)))


def read(page: bytes, question: Question) -> PageText:
    text = decoded(page, question["charset"], question["form"])
    if question["form"] == "text":
        return PageText(title="", text=text[:LONGEST_TEXT], links=[], robots="")
    tree = LexborHTMLParser(text)
    title, robots = tree.css_first("title"), tree.css_first('meta[name="robots" i]')
    heading = tree.css_first("h1") if title is None else title
    return PageText(
        title=_SPACES.sub(" ", heading.text().replace("\n", " ")).strip()[:1_000] if heading else "",
        text=_text(tree),
        links=_links(tree, question["url"]),
        robots=((robots.attributes.get("content") or "") if robots else "").lower()[:200],
    )


def decoded(page: bytes, told: str | None, form: str) -> str:
    """The characters of a page, by the mark at its beginning, its answer's head, its own word, or a guess."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if page.startswith(mark):
            return page[len(mark) :].decode(name, "replace")
    found = _META_CHARSET.search(page[:_SNIFFED]) if form == "html" else None
    for name in (told, found[1].decode() if found else None):
        # As browsers read it, who say latin-1 and mean Windows'.
        name = "cp1252" if name and name.lower() in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii") else name
        try:
            if name:
                return page.decode(name, "replace")
        except (LookupError, ValueError):
            # No character set, whatever else Python knows by that name.
            continue
    try:
        return page.decode()
    except UnicodeDecodeError:
        return page.decode("cp1252", "replace")


def _text(tree: LexborHTMLParser) -> str:
    for chosen in ("main", '[role="main"]', "article"):
        found = tree.css(chosen)
        if len(found) == 1 and len(text := _seen(found[0])) >= _SAYS_SOMETHING:
            return text
    return _seen(tree.body) if tree.body else ""


def _seen(root: LexborNode) -> str:
    """What a reader sees of it, block by block; without recursion, for pages are as deep as they like."""
    pieces: list[str] = []
    size, node = 0, root
    # Nodes are compared by their whole HTML otherwise.
    top = root.mem_id
    while size < LONGEST_TEXT:
        tag = node.tag or ""
        if tag == _TEXT_NODE:
            piece = node.text_content or ""
            pieces.append(piece)
            size += len(piece)
        elif tag in _BLOCKS:
            pieces.append("\n")
        elif tag in _CELLS:
            pieces.append(" ")
        child = None if _left_out(node, node.mem_id == top) else node.first_child
        if child is not None:
            node = child
            continue
        while (following := node.next) is None or node.mem_id == top:
            above = node.parent
            if above is None or node.mem_id == top:
                return _tidy("".join(pieces))
            node = above
            if node.tag in _BLOCKS:
                pieces.append("\n")
        node = following
    return _tidy("".join(pieces))


def _left_out(node: LexborNode, chosen: bool) -> bool:
    tag = node.tag
    if tag in _UNSEEN or (tag in _AROUND and not chosen):
        return True
    if tag == _TEXT_NODE or not node.is_element_node:
        return False
    attributes = node.attributes
    return "hidden" in attributes or attributes.get("aria-hidden") == "true"


def _tidy(text: str) -> str:
    text = _SPACES.sub(" ", text)
    return _EMPTY_LINES.sub("\n\n", text.replace(" \n", "\n").replace("\n ", "\n")).strip()[:LONGEST_TEXT]


def _links(tree: LexborHTMLParser, url: str) -> list[str]:
    base = tree.css_first("base[href]")
    with suppress(ValueError):
        url = urljoin(url, base.attributes.get("href") or "") if base else url
    links: dict[str, None] = {}
    for anchor in tree.css("a[href], area[href]"):
        attributes = anchor.attributes
        if "nofollow" in (attributes.get("rel") or "").lower():
            continue
        try:
            link = urldefrag(urljoin(url, (attributes.get("href") or "").strip())).url
        except ValueError:
            continue
        if link.startswith(("http://", "https://")) and len(link) <= LONGEST_LINK and link.isprintable():
            links[link] = None
            if len(links) == MOST_LINKS:
                break
    return list(links)


if __name__ == "__main__":
    main()
