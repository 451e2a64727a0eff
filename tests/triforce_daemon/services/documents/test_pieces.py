"""Nothing is lost where a text is cut, and no piece is too long."""

from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.played_provider import scripted
from triforce_daemon.children.documents.form import Page
from triforce_daemon.providers.listed import Listed
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.services.documents.pieces import Paragraph, characters_for, cut, gathered, paragraphs

TEXTS = st.text("ab. \n", max_size=120)


@given(TEXTS, st.integers(2, 20))
def test_pieces_are_the_text(text: str, most: int) -> None:
    found = list(cut(text, most))
    assert "".join(found) == text and all(len(piece) <= most for piece in found)


@given(st.lists(TEXTS, max_size=5), st.integers(2, 30))
def test_paragraphs_keep_their_pages_and_letters(texts: list[str], most: int) -> None:
    pages = [Page(number=number, text=text) for number, text in enumerate(texts, 1)]
    found = list(paragraphs(pages, most))
    for number, text in enumerate(texts, 1):
        assert "".join("".join(one.text.split()) for one in found if one.page == number) == "".join(text.split())
    pieces = gathered(found, most)
    assert [one for piece in pieces for one in piece] == found and all(pieces)
    assert all(sum(len(one.text) for one in piece) <= most for piece in pieces)


def test_it_is_cut_where_a_reader_would() -> None:
    assert list(cut("One two. Three four", 12)) == ["One two. ", "Three four"]
    assert gathered([Paragraph(1, "ab"), Paragraph(1, "cd"), Paragraph(2, "e")], 4) == [
        [Paragraph(1, "ab"), Paragraph(1, "cd")],
        [Paragraph(2, "e")],
    ]


def test_how_much_a_model_takes() -> None:
    def room(context: int | None) -> int:
        return characters_for(Candidate(scripted(), "m", Listed("m", context=context)), 0.8)

    assert room(512) == 1_000 and room(1_000_000) == 60_000
    assert room(None) == room(8_192) and 1_000 < room(4_096) < room(8_192)
