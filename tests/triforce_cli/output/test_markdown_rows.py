"""A block of Markdown as a terminal shows it: all of its text, and nothing that the text did not say."""

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from triforce_cli.output.markdown_rows import MarkdownRows

TERMINAL = {"TERM": "xterm-256color"}


def rendered(block: str, width: int = 60, *, live: bool = False) -> list[str]:
    rows = MarkdownRows(sys.stdout, TERMINAL, no_color=False).rows(block, width, live=live)
    return ["".join(segment.text for segment in row) for row in rows]


def painted(block: str, *, no_color: bool = False, environ: dict[str, str] = TERMINAL) -> str:
    rendering = MarkdownRows(sys.stdout, environ, no_color)
    return "\n".join("".join(map(rendering.paint, row)) for row in rendering.rows(block, 60))


@pytest.mark.parametrize(
    ("block", "rows"),
    [
        ("# Title\n", ["Title"]),
        ("one\ntwo  \nthree", ["one", "two", "three"]),
        ("**bold** *em* `code`", ["bold em code"]),
        ("[link](http://a.example/b)", ["link (http://a.example/b)"]),
        ("<http://a.example>", ["http://a.example"]),
        ("![picture](p.png)", ["!picture (p.png)"]),
        ("a [red]b[/red] :smile:", ["a [red]b[/red] :smile:"]),
        ("<div>a `List<T>` List<T></div>", ["<div>a List<T> List<T></div>"]),
        ("[name]: http://a.example", ["[name]: http://a.example"]),
        ("[name]: http://a.example\ntext [name]", ["[name]: http://a.example", "text [name]"]),
        ("#", ["#"]),
        ("---", ["─" * 60]),
        ("- one\n  - two\n\n  more", ["• one", "  • two", "", "  more"]),
        ("9. nine\n", ["9. nine"]),
        ("10. ten words\n    below", ["10. ten words", "    below"]),
        ("-", ["•"]),
        ("> a\n>\n> b\n> - c", ["▌ a", "▌", "▌ b", "▌ • c"]),
        ("```python\ndef f():\n\n    pass\n```", ["  def f():", "", "      pass"]),
        ("```no-such-language\n<b>\n", ["  <b>"]),
        ("    indented\n", ["  indented"]),
        ("\n  \n", []),
        ("&lt;b&gt; &#x202E;&#27;", ["<b> <U+202E>\ufffd"]),
    ],
)
def test_what_a_block_looks_like(block: str, rows: list[str]) -> None:
    assert rendered(block) == rows


def test_a_table_is_its_source_until_it_is_complete() -> None:
    table = "| a | b |\n|---|--:|\n| 1 | 2 |\n"
    assert rendered(table, live=True) == table.splitlines()
    assert rendered(table) == [" a  b", " ────", " 1  2"]


markdown = st.lists(
    st.sampled_from(
        [
            "word",
            "**b**",
            "`c`",
            "[l](u)",
            "日本",
            "\n",
            "\n\n",
            "- ",
            "1. ",
            "> ",
            "# ",
            "```",
            "| a |",
            " ",
            "\t",
            "&#9;",
        ]
    ),
    max_size=30,
).map("".join)


@given(markdown, st.integers(8, 40))
def test_no_row_is_wider_than_asked_or_moves_the_cursor(block: str, width: int) -> None:
    rows = rendered(block, width)
    assert all(cell_len(row) <= width for row in rows)
    assert not re.search(r"[\x00-\x1f]", "".join(rows))


@given(st.lists(st.from_regex(r"[a-z0-9]{1,12}", fullmatch=True), min_size=1, max_size=40), markdown)
def test_no_word_is_lost(words: list[str], before: str) -> None:
    ink = "".join("".join(row.split()) for row in rendered(f"{before}\n\n{' '.join(words)}"))
    # Marks of quotes and lists stand between rows; code keeps its fences as text where they are part of it.
    assert "".join(words) in re.sub("[▌•]", "", ink)


def test_colours_are_those_of_the_terminal_and_can_be_left_out() -> None:
    assert "\x1b[1;36mcode\x1b[0m" in painted("`code`")
    assert "\x1b[1mcode\x1b[0m" in painted("`code`", no_color=True)
    assert "\x1b" not in painted("`code`", environ={"TERM": "dumb"})


def test_no_address_hides_behind_its_text() -> None:
    assert "\x1b]" not in painted("[a](http://a.example) <http://b.example>")
