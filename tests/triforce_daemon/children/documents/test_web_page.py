"""What a reader of a page would see, and nothing that runs."""

from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.children.documents.form import clean
from triforce_daemon.children.documents.web_page import read

TAGS = st.sampled_from(["p", "div", "script", "pre", "table", "tr", "td", "li", "h2", "title", "br", "!--", "svg"])
MARKUP = st.lists(st.tuples(st.sampled_from(["<{}>", "</{}>", "<{}/>", "<{} a='"]), TAGS) | st.text(max_size=5))


def text_of(page: str | bytes, media_type: str | None = None) -> str:
    ((_, text),) = read(page.encode() if isinstance(page, str) else page, media_type).pages
    return clean(text)


def test_headings_paragraphs_lists_and_tables() -> None:
    page = """<html><head><title> A
        title </title><style>p {}</style></head><body><script>alert("no")</script>
        <h1>One</h1><p>Some <b>bold</b>
        text &amp; more<br>next</p><ul><li>first<li>second</ul>
        <table><tr><th>a<th>b<tr><td>1</td> <td>2</td></tr></table>
        <pre>  kept
          as it is</pre><noscript>no</noscript>end</body></html>"""
    assert read(page.encode(), None).title == "A title"
    assert text_of(page).split("\n") == [
        *("# One", "", "Some bold text & more", "next", "", "- first", "- second", "", "a\tb", "1\t2", ""),
        *("  kept", "          as it is", "", "end"),
    ]


def test_its_encoding() -> None:
    assert text_of("<p>grün".encode("latin-1"), "text/html; charset=iso-8859-1") == "grün"
    assert text_of('<meta charset="windows-1252"><p>grün'.encode("cp1252")) == "grün"
    assert text_of("<p>grün") == "grün"


def test_a_script_that_is_never_closed_is_not_read() -> None:
    assert text_of("<p>a<script>let x = '<p>b'") == "a"
    assert text_of("<svg><script>x</svg><p>b") in ("b", "")


@given(MARKUP)
def test_any_markup_is_read_and_nothing_that_runs(pieces: list) -> None:
    page = "".join(one if isinstance(one, str) else one[0].format(one[1]) for one in pieces)
    assert "SECRET" not in text_of(f"<script>SECRET</script>{page}")
