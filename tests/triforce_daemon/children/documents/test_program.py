"""The program's answers: pages as far as they are wanted, and words for whatever cannot be read."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.children.documents.made import docx, paragraph, pdf
from triforce_daemon.children.documents.form import Answer, Question
from triforce_daemon.children.documents.program import answer


def asked(data: bytes, name: str = "x", most: int = 1_000, wanted: list[tuple[int, int]] | None = None) -> Answer:
    return answer(Question(name=name, media_type=None, wanted=wanted, most=most), data)


@pytest.mark.parametrize("data", [pdf("abc", "def"), b"abc\fdef"])
def test_there_is_as_much_as_is_wanted(data: bytes) -> None:
    whole = asked(data)
    assert ([page["text"] for page in whole["pages"]], whole["total"], whole["truncated"]) == (["abc", "def"], 2, False)
    cut = asked(data, most=4)
    assert ([page["text"] for page in cut["pages"]], cut["total"], cut["truncated"]) == (["abc", "d"], 2, True)
    assert not asked(data, most=6)["truncated"]
    second = asked(data, wanted=[(2, 2)])
    assert (second["pages"], second["total"]) == ([{"number": 2, "text": "def"}], 2)
    assert asked(data, wanted=[(3, 3)])["pages"] == []


def test_a_word_document_that_is_cut_says_so() -> None:
    cut = asked(docx(paragraph("abc") * 9, title="T"), most=5)
    assert (cut["kind"], cut["title"], cut["truncated"]) == ("docx", "T", True)
    assert sum(len(page["text"]) for page in cut["pages"]) <= 5


def test_what_cannot_be_read_is_said_in_words() -> None:
    assert "password" not in str(asked(b"%PDF-1.7 broken")["refused"])
    assert asked(b"%PDF-1.7 broken")["refused"].startswith("It is damaged, or no pdf at all")  # type: ignore[union-attr]
    assert asked(b"PK\x03\x04 broken")["refused"].startswith("It is damaged, or no docx")  # type: ignore[union-attr]
    assert asked(b"\x7fELF\0")["hint"]


@given(st.integers(), st.sampled_from([pdf("some text", "more"), docx(paragraph("some text"))]))
def test_a_damaged_document_is_an_answer(seed: int, data: bytes) -> None:
    chance, broken = random.Random(seed), bytearray(data)
    for _ in range(chance.randrange(1, 12)):
        broken[chance.randrange(4, len(broken))] = chance.randrange(256)
    told = asked(bytes(broken))
    assert told["refused"] or isinstance(told["pages"], list)
