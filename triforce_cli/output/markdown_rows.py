"""How Markdown looks in a terminal: a block in, rows of styled text out."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, TextIO, cast

from markdown_it.token import Token
from rich.console import COLOR_SYSTEMS, Console, ConsoleOptions, JustifyMethod, RenderableType, RenderResult
from rich.containers import Renderables
from rich.markdown import (
    BlockQuote,
    CodeBlock,
    Heading,
    HorizontalRule,
    ListElement,
    ListItem,
    Markdown,
)
from rich.padding import Padding
from rich.rule import Rule
from rich.segment import Segment
from rich.style import Style
from rich.syntax import Syntax
from rich.text import Text
from rich.theme import Theme

from triforce_cli.output.live_rows import Row
from triforce_cli.output.markdown_blocks import make_parser
from triforce_cli.output.sanitise import sanitise

#: Colours of the terminal's own palette, which its user has chosen, and no backgrounds.
_THEME = {
    "markdown.code": "bold cyan",
    "markdown.code_block": "none",
    "markdown.block_quote": "italic",
    "markdown.item.bullet": "cyan",
    "markdown.h1": "bold underline",
    "markdown.h2": "bold underline",
    "markdown.h3": "bold",
    "markdown.h4": "bold",
    "markdown.h5": "bold",
    "markdown.h6": "bold",
    "markdown.link": "none",
    "markdown.table.header": "bold",
    "markdown.table.border": "dim",
}
_CODE_THEME = "ansi_dark"


class MarkdownRows:
    """Renders blocks of Markdown for one terminal."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str], no_color: bool) -> None:
        self._console = Console(
            file=stream, force_terminal=True, no_color=no_color, theme=Theme(_THEME), _environ=environ
        )
        self._colors = COLOR_SYSTEMS.get(self._console.color_system or "")
        self._parser = make_parser()
        # One for all blocks, since making one takes as long as rendering one.
        self._answer = _Answer("", code_theme=_CODE_THEME, hyperlinks=False)

    def rows(self, block: str, width: int, *, live: bool = False) -> list[Row]:
        """The rows of a block, none wider than `width`; of a table that is `live`, which may still grow, its source.

        Each new line of a table can move all others: it is rendered when it is complete.
        """
        tokens = self._parser.parse(block)
        if live and any(token.type == "table_open" for token in tokens):
            return self.source(block, width)
        self._answer.parsed = _readable(tokens)
        return self._render(self._answer, width) or self.source(block, width)

    def source(self, block: str, width: int) -> list[Row]:
        """The rows of a block as it was written."""
        return self._render(Text(block), width)

    def paint(self, segment: Segment) -> str:
        """A piece of a row as the terminal takes it."""
        return (segment.style or Style.null()).render(segment.text, color_system=self._colors)

    def _render(self, renderable: RenderableType, width: int) -> list[Row]:
        options = self._console.options.update(width=width, height=None)
        lines = self._console.render_lines(renderable, options, pad=False)
        rows = [_without_end(Segment.simplify(self._coloured(line))) for line in lines]
        while rows and not rows[-1]:
            rows.pop()
        return rows[next((index for index, row in enumerate(rows) if row), len(rows)) :]

    def _coloured(self, line: Iterable[Segment]) -> Iterable[Segment]:
        return Segment.remove_color(line) if self._console.no_color else line


class _Answer(Markdown):
    """Markdown without what a terminal shows badly: boxes, backgrounds, hidden addresses."""


class _LeftHeading(Heading):
    LEVEL_ALIGN: ClassVar[dict[str, JustifyMethod]] = {}


class _BareCode(CodeBlock):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        code = str(self.text).rstrip()
        syntax = Syntax(code, self.lexer_name, theme=self.theme, word_wrap=True, background_color="default")
        yield Padding(syntax, (0, 0, 0, 2), expand=False)


class _ThinRule(HorizontalRule):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Rule(style=console.get_style("markdown.hr"))


class _SpacedQuote(BlockQuote):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        inner = options.update(width=options.max_width - 2)
        for line in _stacked(console, inner, self.elements, self.style):
            yield Segment("▌ ", console.get_style("markdown.hr"))
            yield from line
            yield Segment.line()


class _HangingItem(ListItem):
    """An item whose indentation depends on its own marker alone, since its neighbours are rendered apart from it."""

    def render_bullet(self, console: Console, options: ConsoleOptions) -> RenderResult:
        return self._render("• ", "markdown.item.bullet", console, options)

    def render_number(self, console: Console, options: ConsoleOptions, number: int, last_number: int) -> RenderResult:
        return self._render(f"{number}. ", "markdown.item.number", console, options)

    def _render(self, marker: str, style: str, console: Console, options: ConsoleOptions) -> RenderResult:
        inner = options.update(width=max(1, options.max_width - len(marker)))
        begin = Segment(marker, console.get_style(style))
        for line in _stacked(console, inner, self.elements, self.style) or [[]]:
            yield begin
            yield from line
            yield Segment.line()
            begin = Segment(" " * len(marker))


_Answer.elements = {
    **Markdown.elements,
    "heading_open": _LeftHeading,
    "fence": _BareCode,
    "code_block": _BareCode,
    "hr": _ThinRule,
    "blockquote_open": _SpacedQuote,
    "list_item_open": _HangingItem,
}


def _stacked(console: Console, options: ConsoleOptions, elements: Renderables, style: Style) -> list[list[Segment]]:
    """The rows of elements that stand in another one, an empty row between them; a list follows its text closely."""
    rows: list[list[Segment]] = []
    for element in cast("Iterable[RenderableType]", elements):
        if rows and not isinstance(element, ListElement):
            rows.append([])
        rows += console.render_lines(element, options, style=style, pad=False)
    return rows


def _readable(tokens: Iterable[Token]) -> list[Token]:
    """Tokens as they are shown: lines end where they were ended, and entities bring nothing that acts or hides."""
    # Where the text of a link is its address, the frame around it goes.
    kept = [token for token in tokens if token.markup != "autolink"]
    for token in kept:
        token.content = sanitise(token.content)
        token.children = token.children and _readable(token.children)
        if token.type == "softbreak":
            token.type = "hardbreak"
    return kept


def _without_end(row: Iterable[Segment]) -> Row:
    """A row without the blanks at its end."""
    segments = list(row)
    while segments and not segments[-1].text.strip():
        segments.pop()
    if segments:
        segments[-1] = Segment(segments[-1].text.rstrip(), segments[-1].style)
    return segments
