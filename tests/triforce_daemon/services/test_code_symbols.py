"""What a source defines, and where a name is used."""

import pytest

from triforce_daemon.errors import InvalidRequest
from triforce_daemon.services.code_symbols import references, symbols

SOURCE = '''\
import os
from .deep import thing as other

class Base: ...

class Shape(Base):
    """A shape.

    More."""

    async def area(self, scale: float = 1) -> float:
        def inner(): ...
        return area(scale)

if True:
    def area(x): return os.path.join(x)
'''


def test_symbols() -> None:
    found = [(one.kind, one.name, one.line, one.end) for one in symbols(SOURCE)]
    assert found == [
        ("import", "os", 1, 1),
        ("import", ".deep.thing", 2, 2),
        ("class", "Base", 4, 4),
        ("class", "Shape", 6, 13),
        ("method", "Shape.area", 11, 13),
        ("function", "Shape.area.inner", 12, 12),
        ("function", "area", 16, 16),
    ]
    shape, area = symbols(SOURCE)[3], symbols(SOURCE)[4]
    assert (shape.doc, shape.signature) == ("A shape.", "class Shape(Base)")
    assert area.signature == "async def area(self, scale: float=1) -> float"
    with pytest.raises(InvalidRequest, match="no Python"):
        symbols("def (")


def test_references() -> None:
    found = [(one.line, one.kind) for one in references("a.py", SOURCE, "area")]
    assert found == [(11, "def"), (13, "call"), (16, "def")]
    assert [(one.line, one.kind) for one in references("a.py", SOURCE, "os")] == [(1, "import"), (16, "use")]
    assert [(one.line, one.kind) for one in references("a.py", SOURCE, "other")] == [(2, "import")]


def test_elsewhere_it_is_the_word() -> None:
    text = "area of areas\n(area)\nx.area-1\n"
    assert [one.line for one in references("a.md", text, "area")] == [1, 2, 3]
    assert [one.line for one in references("a.py", "def (area", "area")] == [1]
    assert references("a.md", text, ".*") == []


def test_a_very_long_source_is_not_read() -> None:
    with pytest.raises(InvalidRequest, match="characters of Python"):
        symbols("x = 1\n" * 200_000)
