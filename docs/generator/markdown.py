"""Markdown: a generated page, a table."""

from collections.abc import Iterable

NOTE = "<!-- Written by `make docs`; change the program's own words instead. -->"


def page(title: str, parts: Iterable[str]) -> str:
    """Paragraphs, tables and headings below a title."""
    return "\n\n".join([f"# {title}", NOTE, *parts]) + "\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table; a bar inside a cell is escaped."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
