"""Snippets: the words that were searched for, marked, with a few around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.stores.postgresql.snippet import LENGTH, snippet

LONG = " ".join(f"w{number}" for number in range(100))


@pytest.mark.parametrize(
    ("texts", "wanted", "shown"),
    [
        (["Because of Rayleigh."], ["rayleigh"], "Because of «Rayleigh»."),
        (["no", "Ein Café, groß"], ["CAFE"], "Ein «Café», groß"),
        (["theorem of theory"], ["theor"], "«theorem» of «theory»"),
        (["theorem of Bayes"], ["theor", "bayes"], "theorem of «Bayes»"),
        (["foo-bar baz"], ["foo-bar"], "«foo»-«bar» baz"),
        (["(a) [b]"], ["b"], "(a) [«b»]"),
        (["nothing of it"], ["x"], "nothing of it"),
        ([""], ["x"], ""),
        ([f"{LONG} zebra {LONG}"], ["zebra"], None),
    ],
)
def test_what_is_shown(texts: list[str], wanted: list[str], shown: str | None) -> None:
    found = snippet(texts, wanted)
    if shown is not None:
        assert found == shown
        return
    assert found.startswith("…w") and found.endswith("…")
    assert "«zebra»" in found and len(found.split()) == LENGTH
    assert found.index("«zebra»") > 10


@given(st.lists(st.text(max_size=200), min_size=1, max_size=2), st.lists(st.text(min_size=1, max_size=5), max_size=3))
def test_it_is_a_piece_of_the_text(texts: list[str], wanted: list[str]) -> None:
    calm = [one.translate({ord(mark): " " for mark in "«»…"}) for one in texts]
    piece = snippet(calm, wanted).replace("«", "").replace("»", "").removeprefix("…").removesuffix("…")
    assert any(piece in one for one in calm)
