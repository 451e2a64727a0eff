"""TOML documents that a person might write, with the line on which each key stands: known, because we wrote them."""

import string
from dataclasses import dataclass, field

from hypothesis import strategies as st

names = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=6)
#: What tries to pass for a key, a header or a comment where it is none.
TRAPS = ["[trap]", 'trap = "x"', "# trap", "[[trap]]", "a.b = 1", "trap = [", 'log.level = "x"', "{ x = 1 }", "x = 'y'"]
words = st.one_of(st.sampled_from(TRAPS), st.text("ab =#[]{}.,\u2028é", max_size=12))


@dataclass
class Document:
    """Lines of TOML; `lines` has for each full name the line where it is set."""

    text: list[str] = field(default_factory=list[str])
    lines: dict[str, int] = field(default_factory=dict[str, int])
    tables: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, text: str, *names: str) -> None:
        for name in names:
            self.lines[name] = len(self.text) + 1
        self.text += text.split("\n")


def quoted(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from([name, f'"{name}"', f"'{name}'"])


@st.composite
def values(draw: st.DrawFn) -> str:
    """A value of one line or of several, some with text in them that looks like TOML."""
    word = draw(words).replace('"', "").replace("'", "")
    lines = f"{word}\n# no comment\n{word}"
    numbers = st.integers(-5, 5).map(str)
    others = st.sampled_from(["true", "1.5", "2026-11-23", "[]", "{}", '"a\\"b"'])
    one_line = st.sampled_from([f'"{word}"', f"'{word}'"])
    several = st.sampled_from(
        [f"'''\n{lines}'''", f'"""{lines} \\""""', f"[\n  '{word}', # a comment\n\n  '''\n{lines}''',\n]"]
    )
    return draw(numbers | others | one_line | several)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Top-level keys, then tables; with comments, blank lines, dotted and quoted names, inline tables."""
    document = Document()
    taken = draw(st.lists(names, min_size=1, max_size=5, unique_by=str.lower))
    cut = draw(st.integers(0, len(taken)))
    for name in taken[:cut]:
        _noise(draw, document)
        _assign(draw, document, "", name)
    for table in taken[cut:]:
        _noise(draw, document)
        shown = draw(quoted(table))
        document.tables[table] = len(document.text) + 1
        document.add(draw(st.sampled_from([f"[{shown}]", f"[ {shown} ]  # a table", f"  [{shown}]"])))
        for name in draw(st.lists(names, max_size=3, unique_by=str.lower)):
            _noise(draw, document)
            _assign(draw, document, table, name)
    return document


def _noise(draw: st.DrawFn, document: Document) -> None:
    for _ in range(draw(st.integers(0, 2))):
        word = draw(words)
        document.add(draw(st.sampled_from(["", "   ", f"# {word}", f"\t#{word}"])))


def _assign(draw: st.DrawFn, document: Document, table: str, name: str) -> None:
    full = f"{table}.{name}" if table else name
    shown = draw(quoted(name))
    kind = draw(st.sampled_from(["plain", "dotted", "inline", "inline of two"]))
    if kind == "plain":
        document.add(f"{shown} = {draw(values())}", full)
    elif kind == "dotted":
        document.add(f"{shown} . 'inner'={draw(values())} # x", full, f"{full}.inner")
    elif kind == "inline":
        document.add(f'{shown} = {{ "inner" = {draw(st.integers())} }}', full, f"{full}.inner")
    else:
        document.add(f"{shown} = {{ one = 1, inner = 2 }}", full, f"{full}.one", f"{full}.inner")
