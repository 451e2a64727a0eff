"""Hunks, put into a text: to the letter, wherever its lines have moved to, and not at all where they do not fit."""

import difflib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triforce_daemon.services.patches import application
from triforce_daemon.services.patches.application import applied, lines_of
from triforce_daemon.services.patches.diff import Hunk, read

#: Few different lines, so that they come again; some with what other programs take for the end of a line.
LINES = st.lists(st.sampled_from(["a", "b", "c\x0cd", "\u2028", "", "-- x", "++ y", "@@"]), max_size=12)
TEXTS = st.tuples(LINES, st.booleans()).map(lambda one: "\n".join(one[0]) + ("\n" if one[0] and one[1] else ""))


def diff_of(before: str, after: str, context: int) -> str:
    lines = difflib.unified_diff(lines_of(before), lines_of(after), "a/x", "b/x", n=context)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


@settings(max_examples=150)
@given(TEXTS, TEXTS, st.integers(0, 3))
def test_a_diff_makes_of_the_one_text_the_other(before: str, after: str, context: int) -> None:
    assert "".join(lines_of(before)) == before
    if before == after:
        return
    (patch,) = read(diff_of(before, after, context))
    made = applied(before, patch.hunks)
    assert (made.text, made.rejected) == (after, ())


def test_lines_that_have_moved() -> None:
    (patch,) = read("--- x\n+++ x\n@@ -2,2 +2,2 @@\n b\n-c\n+C\n@@ -5,2 +5,2 @@\n e\n-f\n+F\n")
    assert applied("1\n2\n3\na\nb\nc\nd\ne\nf\n", patch.hunks).text == "1\n2\n3\na\nb\nC\nd\ne\nF\n"
    twice = "b\nc\n" + "x\n" * 10 + "b\nc\n"
    (near,) = read("--- x\n+++ x\n@@ -12,2 +12,2 @@\n b\n-c\n+C\n")
    assert applied(twice, near.hunks).text == "b\nc\n" + "x\n" * 10 + "b\nC\n", "the nearer one is meant"


def test_the_search_for_a_place_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    hunk = Hunk(1, [(" ", "a\n"), ("-", "b\n")])
    far = "a\n" * 5_000 + "b\n"
    assert applied(far, [hunk]).rejected == ()
    monkeypatch.setattr(application, "_COMPARED", 1_000)
    assert applied(far, [hunk]).rejected != ()


@pytest.mark.parametrize(
    ("hunk", "why"),
    [
        (Hunk(1, [(" ", "a\n"), ("-", "x\n")]), "line 2 is 'b\\n', not 'x\\n', and nowhere else does it fit."),
        (Hunk(2, [("-", "b\n"), ("-", "c\n")]), "the file ends at line 2, before 'c\\n'."),
        (Hunk(9, [("+", "x\n")]), "there is no line 9; the file has 2."),
    ],
)
def test_what_does_not_fit_is_told(hunk: Hunk, why: str) -> None:
    made = applied("a\nb\n", [hunk])
    assert (made.text, made.rejected) == ("a\nb\n", (f"Hunk 1: {why}",))
    again = applied("a\nb\n", [Hunk(1, [("-", "a\n")]), Hunk(1, [("-", "a\n"), ("+", "x\n")])])
    assert again.text == "b\n" and "Hunk 2: it begins where" in again.rejected[0]


def test_a_file_of_windows_stays_one() -> None:
    assert applied("a\r\nb\r\n", [Hunk(1, [("-", "a\n"), ("+", "x\n"), (" ", "b\n")])]).text == "x\r\nb\r\n"
    assert applied("a\r\nb", [Hunk(1, [("-", "a\r\n"), ("+", "x\n")])]).text == "x\nb"
