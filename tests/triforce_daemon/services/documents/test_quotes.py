"""A quote stands in the document, to the letter, on the page that is told."""

from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.children.documents.form import Page
from triforce_daemon.services.documents.quotes import Text

PAGES = [
    Page(number=3, text="The sky is\nblue at noon. It is red  in the evening."),
    Page(number=7, text="Nobody knows why it is green over there."),
]
WORDS = st.text("abcdefgh \n", min_size=30, max_size=60)


def test_what_stands_there_and_what_does_not() -> None:
    claimed = [
        *("Nobody knows why", "“The sky is blue at noon.”", "The sky is blue at night.", "is blue"),
        *("the evening. Nobody knows", "The sky is blue at noon.", ""),
    ]
    assert Text.of(PAGES).quotes(claimed, 9) == [
        {"text": "The sky is blue at noon.", "page": 3},
        {"text": "the evening. Nobody knows", "page": 3},
        {"text": "Nobody knows why", "page": 7},
    ]
    assert Text.of(PAGES).quotes(claimed, 1) == [{"text": "Nobody knows why", "page": 7}]
    assert Text.of([]).quotes(claimed, 9) == []


@given(st.lists(WORDS, min_size=1, max_size=4), st.data())
def test_a_piece_of_a_page_is_a_quote_of_it(texts: list[str], data: st.DataObject) -> None:
    text = Text.of([Page(number=number, text=f"{number} {text}") for number, text in enumerate(texts, 1)])
    number = data.draw(st.integers(1, len(texts)))
    (quote,) = text.quotes([f"{number} {texts[number - 1]}"], 9) or [None]
    assert quote is None or (quote["page"] == number and quote["text"] in text.whole)
