"""Source code in the caller's workspaces, read: its lines, its folders, what it defines and where that is used."""

from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.services.code_files import MOST, CodeFiles
from triforce_daemon.services.code_search import CodeSearch, Ended, Wanted
from triforce_daemon.services.code_symbols import ReferenceKind, SymbolKind, symbols
from triforce_daemon.services.file_texts import listed
from triforce_daemon.services.files import Files, Place
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool

Path = Annotated[
    str, "from the workspace's root on, or an absolute one within it", Field(min_length=1, max_length=4_096)
]


class CodeLines(TypedDict):
    path: str
    host: str
    text: str
    lines: int
    """Of the whole file."""
    sha256: str
    truncated: bool


@tool(
    tier="free",
    effect="read",
    idempotent=True,
    keywords=("source", "view code", "lines", "Quelltext", "Code lesen", "Zeilen", "anzeigen"),
)
async def code_read(
    path: Path,
    start: Annotated[int | None, "the first line, counted from 1", Field(ge=1)] = None,
    end: Annotated[int | None, "the last line", Field(ge=1)] = None,
    max_bytes: Annotated[int, "how much at most", Field(ge=1, le=10_000_000)] = 200_000,
    *,
    code: CodeFiles,
    files: Files,
    call: ToolCall,
) -> CodeLines:
    """Read a source file, whole or some lines of it."""
    found = await code.lines(Place(call.caller, path, call.folder), start, end, max_bytes)
    return CodeLines(
        path=path,
        host=files.host,
        text=found.text,
        lines=found.lines,
        sha256=found.sha256,
        truncated=found.truncated,
    )


class CodeMatch(TypedDict):
    path: str
    line: int
    text: str
    before: list[str]
    after: list[str]


class CodeMatches(TypedDict):
    host: str
    matches: list[CodeMatch]
    count: int
    searched: int
    """Files."""
    left_out: int
    """Files that are large, no text, or may not be read."""
    truncated: bool
    ended: Ended
    """all, or what has ended it before: enough results, too long a time or too many files."""


@tool(
    tier="free",
    effect="read",
    idempotent=True,
    keywords=("grep", "find text", "regular expression", "where is", "Text suchen", "durchsuchen", "Stelle finden"),
)
async def code_search(
    query: Annotated[str, "what stands in one line", Field(min_length=1, max_length=1_000)],
    path: Annotated[str, "a file, or a folder with all below it", Field(min_length=1, max_length=4_096)] = ".",
    regex: Annotated[bool, "the query is a regular expression of RE2"] = False,
    glob: Annotated[str | None, "only names or paths like *.py", Field(max_length=256)] = None,
    context_lines: Annotated[int, "lines before and after each", Field(ge=0, le=10)] = 2,
    max_results: Annotated[int, "how many at most", Field(ge=1, le=500)] = 50,
    *,
    search: CodeSearch,
    files: Files,
    call: ToolCall,
) -> CodeMatches:
    """Find the lines of a project that hold a text or fit a regular expression."""
    wanted = Wanted(query, regex, glob, context_lines, max_results)
    found = await search.search(Place(call.caller, path, call.folder), wanted)
    return CodeMatches(
        host=files.host,
        matches=[CodeMatch(**asdict(one)) for one in found.matches],
        count=len(found.matches),
        searched=found.searched,
        left_out=found.left_out,
        truncated=found.ended != "all",
        ended=found.ended,
    )


class TreeItem(TypedDict):
    path: str
    type: Literal["file", "folder", "link", "other"]
    size: int


class CodeTree(TypedDict):
    host: str
    tree: list[TreeItem]
    dirs: int
    files: int
    bytes: int
    truncated: bool


@tool(
    tier="free",
    effect="read",
    idempotent=True,
    keywords=(
        "project structure",
        "directory tree",
        "overview",
        "Projektstruktur",
        "Ordnerbaum",
        "Verzeichnisbaum",
        "Überblick",
    ),
)
async def code_tree(
    path: Annotated[str, "the folder", Field(min_length=1, max_length=4_096)] = ".",
    depth: Annotated[int, "how deep", Field(ge=1, le=32)] = 3,
    files: Annotated[bool, "files as well, not only folders"] = True,
    glob: Annotated[str | None, "only names or paths like *.py", Field(max_length=256)] = None,
    *,
    kept: Files,
    call: ToolCall,
) -> CodeTree:
    """Show the folders and files of a project as a tree."""
    place = Place(call.caller, path, call.folder)
    found = await listed(kept, place, recursive=True, glob=glob, limit=5_000, depth=depth)
    shown = [one for one in found.items if files or one.kind == "folder"]
    return CodeTree(
        host=kept.host,
        tree=[TreeItem(path=one.name, type=one.kind, size=one.size) for one in shown],
        dirs=sum(one.kind == "folder" for one in found.items),
        files=sum(one.kind == "file" for one in found.items),
        bytes=sum(one.size for one in found.items if one.kind == "file"),
        truncated=found.truncated,
    )


class CodeSymbol(TypedDict):
    kind: SymbolKind
    name: str
    line: int
    end: int
    doc: str | None
    signature: str | None


class CodeSymbols(TypedDict):
    path: str
    host: str
    symbols: list[CodeSymbol]


@tool(
    tier="free",
    effect="read",
    idempotent=True,
    keywords=("classes", "functions", "outline", "definitions", "Klassen", "Funktionen", "Gliederung", "Methoden"),
)
async def code_symbols(
    path: Path,
    kind: Annotated[Literal["class", "function", "method", "import", "all"], "only these"] = "all",
    name: Annotated[str | None, "only those with this in their names", Field(max_length=256)] = None,
    *,
    code: CodeFiles,
    files: Files,
    call: ToolCall,
) -> CodeSymbols:
    """List what a Python file defines and imports, with lines and signatures."""
    text = (await code.lines(Place(call.caller, path, call.folder), None, None, MOST)).text
    found = await in_thread(symbols, text)
    kept = [one for one in found if kind in ("all", one.kind) and (name or "") in one.name]
    return CodeSymbols(path=path, host=files.host, symbols=[CodeSymbol(**asdict(one)) for one in kept])


class CodeReference(TypedDict):
    path: str
    line: int
    text: str
    kind: ReferenceKind


class CodeReferences(TypedDict):
    host: str
    references: list[CodeReference]
    truncated: bool


@tool(
    tier="free",
    effect="read",
    idempotent=True,
    keywords=("usages", "callers", "where is it used", "Verwendungen", "Aufrufer", "wo benutzt", "Stellen"),
)
async def code_references(
    path: Annotated[str, "a file, or a folder with all below it", Field(min_length=1, max_length=4_096)],
    name: Annotated[str, "of a class, a function, a variable", Field(min_length=1, max_length=256)],
    *,
    code: CodeFiles,
    files: Files,
    call: ToolCall,
) -> CodeReferences:
    """Find where a name is defined, called or imported.

    Python is read by its syntax; in other files it is the word.
    """
    found, truncated = await code.references(Place(call.caller, path, call.folder), name)
    items = [CodeReference(path=where, line=one.line, text=one.text, kind=one.kind) for where, one in found]
    return CodeReferences(host=files.host, references=items, truncated=truncated)
