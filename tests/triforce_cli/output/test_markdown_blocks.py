"""Blocks come early, come once, and are what the whole text means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.token import Token

from triforce_cli.output.markdown_blocks import BlockSplitter, make_parser

LINES = [
    "",
    "   ",
    "words and more words",
    "# Heading",
    "Heading\n===",
    "---",
    "- item",
    "* other item",
    "  - nested item",
    "- ",
    "1. first",
    "2. second",
    "10) tenth",
    "   below the first",
    "      far below",
    "```python",
    "```",
    "````",
    "~~~",
    "    indented code",
    "\tindented by a tab",
    "> quoted",
    "> ```",
    "> - item in a quote",
    "| a | b |",
    "|---|---|",
    "| 1 | 2 |",
    "[name]: target",
    "<div>",
    "<!-- comment",
    "a\rb",
]
sources = st.one_of(
    st.lists(st.sampled_from(LINES), max_size=14).map("\n".join),
    st.text("ab \t\n-*#>`~|=1.)\\[]:<", max_size=60),
)


@st.composite
def pieces(draw: st.DrawFn) -> list[str]:
    source = draw(sources)
    cuts = sorted(draw(st.lists(st.integers(0, len(source)), max_size=12)))
    return [source[start:end] for start, end in zip([0, *cuts], [*cuts, len(source)], strict=True)]


def split(pieces: list[str]) -> list[str]:
    splitter = BlockSplitter()
    finished = [block for piece in pieces for block in splitter.feed(piece)]
    return finished + splitter.rest()


@given(pieces())
def test_the_blocks_are_the_source(pieces: list[str]) -> None:
    splitter = BlockSplitter()
    finished: list[str] = []
    seen = ""
    for piece in pieces:
        finished += splitter.feed(piece)
        seen += piece
        assert "".join(finished) + splitter.tail == seen
        assert "".join(splitter.rest()) == splitter.tail
        assert all(finished)


@given(pieces())
def test_how_the_text_arrives_makes_no_difference(pieces: list[str]) -> None:
    whole = "".join(pieces)
    assert split(pieces) == split([whole]) == split(list(whole))


def meaning(source: str) -> list[tuple[object, ...]]:
    """What a reader sees of a source: its parts without the borders of lists, and without how loose these are."""

    def seen(token: Token) -> tuple[object, ...]:
        return token.type, token.tag, token.info if token.type == "fence" else "", token.content

    tokens = make_parser().parse(source.replace("\r", " "))
    return [seen(token) for token in tokens if token.level > 0 or "_list_" not in token.type]


@given(sources)
def test_a_block_alone_means_what_it_means_in_the_whole(source: str) -> None:
    assert [part for block in split([source]) for part in meaning(block)] == meaning(source)


@pytest.mark.parametrize(
    "blocks",
    [
        ["````\n```\ninner\n```\n````\n", "after\n"],
        ["~~~\n```\n~~~\n", "after\n"],
        ["1. one\n   ```sh\n   2. not an item\n   ```\n", "2. two\n", "- three\n"],
        ["- one\n\n  still one\n\n", "- two\n\tlazily\n\n", "after"],
        ["| a | b |\n|---|---|\n| 1 | 2 |\n\n", "after"],
        ["> quoted\nlazily\n> - item\n\n", "after"],
        ["    code\n\n    more code\n\n", "after"],
        ["Title\n===\n", "text\n\n", "---\n", "after"],
        ["text\n", "# heading\n", "text\n", "```\ncode\n\n# no heading\n```\n", "text"],
    ],
)
def test_where_blocks_end(blocks: list[str]) -> None:
    assert split(["".join(blocks)]) == blocks


def test_a_block_is_given_back_when_the_next_begins() -> None:
    splitter = BlockSplitter()
    assert splitter.feed("one\n") == []
    assert splitter.feed("\ntwo") == []
    assert splitter.feed(" words\n") == ["one\n\n"]
    assert splitter.tail == "two words\n"


def test_an_open_fence_keeps_what_looks_like_blocks() -> None:
    splitter = BlockSplitter()
    assert splitter.feed("```\n# a\n\n- b\n\n") == []
    assert splitter.feed("```\ntext\n") == ["```\n# a\n\n- b\n\n```\n"]
