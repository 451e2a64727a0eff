"""What a Python source defines, and where names are used: by its syntax tree; elsewhere by words."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from triforce_daemon.errors import InvalidRequest

SymbolKind = Literal["class", "function", "method", "import"]
ReferenceKind = Literal["def", "call", "import", "use", "word"]

#: While Python reads itself everybody else waits.
_LONGEST = 1 << 20

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Symbol:
    kind: SymbolKind
    name: str
    line: int
    end: int
    doc: str | None
    """The first line of its docstring."""
    signature: str | None


@dataclass(frozen=True, slots=True)
class Reference:
    line: int
    text: str
    kind: ReferenceKind


def symbols(source: str) -> list[Symbol]:
    """Classes, functions, methods and imports, in the order in which they stand. Raises InvalidRequest."""
    return sorted(_symbols(_parsed(source), within=""), key=lambda symbol: (symbol.line, symbol.name))


def references(path: str, source: str, name: str) -> list[Reference]:
    """Where a name stands; in what is no Python, or none that can be read, every line with that word."""
    lines = source.splitlines()
    if path.endswith((".py", ".pyi")):
        try:
            found = dict(_uses(_parsed(source), name))
        except InvalidRequest:
            found = None
        if found is not None:
            return [Reference(line, lines[line - 1].strip()[:500], kind) for line, kind in found.items()]
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return [Reference(at, line.strip()[:500], "word") for at, line in enumerate(lines, 1) if word.search(line)]


def _parsed(source: str) -> ast.Module:
    if len(source) > _LONGEST:
        raise InvalidRequest(f"That are {len(source):,} characters of Python.", f"{_LONGEST:,} are the most.")
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InvalidRequest(f"This is no Python that can be read: {error}.", "code_read shows it.") from None


def _symbols(node: ast.AST, within: str) -> Iterator[Symbol]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            bases = ", ".join(map(ast.unparse, child.bases))
            yield _defined("class", child, within, f"class {child.name}({bases})" if bases else f"class {child.name}")
            yield from _symbols(child, f"{within}{child.name}.")
        elif isinstance(child, _Function):
            kind: SymbolKind = "method" if isinstance(node, ast.ClassDef) else "function"
            yield _defined(kind, child, within, _signature(child))
            yield from _symbols(child, f"{within}{child.name}.")
        elif isinstance(child, ast.Import | ast.ImportFrom):
            origin = f"{'.' * child.level}{child.module or ''}." if isinstance(child, ast.ImportFrom) else ""
            for alias in child.names:
                yield Symbol("import", origin + alias.name, child.lineno, child.end_lineno or child.lineno, None, None)
        elif not isinstance(child, ast.expr):
            yield from _symbols(child, within)


def _defined(kind: SymbolKind, node: ast.ClassDef | _Function, within: str, signature: str) -> Symbol:
    doc = (ast.get_docstring(node) or "").partition("\n")[0] or None
    return Symbol(kind, within + node.name, node.lineno, node.end_lineno or node.lineno, doc, signature)


def _signature(node: _Function) -> str:
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    return f"{word} {node.name}({ast.unparse(node.args)}){returns}"


def _uses(tree: ast.Module, name: str) -> Iterator[tuple[int, ReferenceKind]]:
    """Each line once, what says most of it last."""
    found: list[tuple[int, int, ReferenceKind]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | _Function) and node.name == name:
            found.append((node.lineno, 3, "def"))
        elif isinstance(node, ast.Call) and _name_of(node.func) == name:
            found.append((node.func.end_lineno or node.lineno, 2, "call"))
        elif isinstance(node, ast.Import | ast.ImportFrom) and any(name in _names(alias) for alias in node.names):
            found.append((node.lineno, 1, "import"))
        elif isinstance(node, ast.Name | ast.Attribute) and _name_of(node) == name:
            found.append((node.end_lineno or node.lineno, 0, "use"))
    for line, _, kind in sorted(found):
        yield line, kind


def _name_of(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else None


def _names(alias: ast.alias) -> set[str]:
    return {alias.name, alias.name.rpartition(".")[2], alias.asname or ""}
