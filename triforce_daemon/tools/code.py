"""Source code in the caller's workspaces: read, made, changed so that it can be undone; and code that is run."""

from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.errors import InvalidArguments
from triforce_daemon.services.code_edits import Edit, EditMode
from triforce_daemon.services.code_files import MOST, CodeFiles, Template
from triforce_daemon.services.code_runs import CodeRun, CodeRuns, Language
from triforce_daemon.services.code_symbols import ReferenceKind, SymbolKind, symbols
from triforce_daemon.services.file_texts import encoded, listed
from triforce_daemon.services.files import Files, Place
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool

Path = Annotated[
    str, "from the workspace's root on, or an absolute one within it", Field(min_length=1, max_length=4_096)
]
Line = Annotated[int | None, "counted from 1", Field(ge=1)]


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
    keywords=("project structure", "directory tree", "overview", "Projektstruktur", "Ordnerbaum", "Überblick"),
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


class CodeEdited(TypedDict):
    path: str
    host: str
    diff: str
    backup_id: str | None
    """What restores it as it was; null where nothing was changed."""
    sha256: str
    syntax_ok: bool | None
    """null where nobody here can tell."""


@tool(
    tier="pro",
    effect="destroy",
    keywords=("change code", "replace text", "insert lines", "Code ändern", "ersetzen", "einfügen", "bearbeiten"),
)
async def code_edit(
    path: Path,
    mode: Annotated[EditMode, "replace or delete old_text or lines, insert before line, append at the end"],
    old_text: Annotated[str | None, "a piece that stands there once"] = None,
    new_text: Annotated[str | None, "what shall stand there"] = None,
    line: Line = None,
    end_line: Line = None,
    expected_sha256: Annotated[str | None, "refuse a file that is another one by now"] = None,
    dry_run: Annotated[bool, "only show what would change"] = False,
    *,
    code: CodeFiles,
    files: Files,
    call: ToolCall,
) -> CodeEdited:
    """Make one edit in a source file; it can be undone."""
    edit, place = Edit(mode, old_text, new_text, line, end_line), Place(call.caller, path, call.folder)
    done = await code.edit(place, edit, expected_sha256, dry_run=dry_run)
    backup = done.written.change if done.written else None
    if backup is not None:
        call.changed("file", backup, f"edited {path}", backup)
    return CodeEdited(
        path=path,
        host=files.host,
        diff=done.diff,
        backup_id=backup,
        sha256=done.sha256,
        syntax_ok=done.syntax_ok,
    )


class CodeCreated(TypedDict):
    path: str
    host: str
    bytes: int
    sha256: str | None


@tool(
    tier="pro",
    effect="write",
    keywords=("new file", "new module", "script", "neue Datei", "neues Modul", "Skript anlegen", "erstellen"),
)
async def code_create(
    path: Path,
    content: Annotated[str, "what shall stand in it"],
    template: Annotated[Template, "what stands above it: a docstring, or a first line that makes it run"] = "empty",
    *,
    code: CodeFiles,
    files: Files,
    call: ToolCall,
) -> CodeCreated:
    """Make a new source file; one that is there already is refused."""
    encoded(content)
    made = await code.create(Place(call.caller, path, call.folder), content, template)
    if made.change is not None:
        call.changed("file", made.change, f"made {path}", made.change)
    return CodeCreated(path=path, host=files.host, bytes=made.size, sha256=made.sha256)


class CodeBackup(TypedDict):
    id: str
    at: str
    sha256: str | None
    """Of what it holds; null: the file was not there."""


class CodeBackups(TypedDict):
    backups: list[CodeBackup]
    diff: str | None
    restored: str | None
    """The id by which the restoring itself is undone."""


# What is restored can be restored back: nobody has to agree.
@tool(
    tier="pro",
    effect="destroy",
    approval=False,
    keywords=("undo", "restore", "version", "history", "Sicherung", "wiederherstellen", "rückgängig", "Vergleich"),
)
async def code_backup(
    path: Path,
    action: Annotated[Literal["create", "list", "restore", "diff"], "what to do"],
    backup_id: Annotated[str | None, "which one, to restore or to compare", Field(max_length=64)] = None,
    *,
    code: CodeFiles,
    files: Files,
    call: ToolCall,
) -> CodeBackups:
    """Keep a file as it is, list what is kept of it, compare, or restore."""
    place = Place(call.caller, path, call.folder)
    diff = restored = None
    if action == "create":
        await files.backup(place)
    elif action != "list":
        if backup_id is None:
            raise InvalidArguments(f"To {action} needs backup_id.", "`list` shows them.")
        if action == "diff":
            diff = await code.difference(place, backup_id)
        else:
            restored = (await files.restore(call.caller, backup_id, call.folder, force=True)).change
    kept = [CodeBackup(id=one.id, at=one.at, sha256=one.sha256) for one in await code.backups(place)]
    return CodeBackups(backups=kept, diff=diff, restored=restored)


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
    found = symbols((await code.lines(Place(call.caller, path, call.folder), None, None, MOST)).text)
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


class CodeOutcome(TypedDict):
    exit_code: int
    stdout: str
    stderr: str
    """The end of it."""
    timed_out: bool
    ended: str
    """exit, or which bound has ended it: time, output, processes, memory or disk."""
    elapsed_ms: int


@tool(
    tier="unlimited",
    effect="exec",
    requires=(CodeRuns,),
    keywords=("run python", "execute", "script", "shell script", "Code ausführen", "Python laufen lassen", "Skript"),
)
async def code_exec(
    code: Annotated[str, "the program", Field(min_length=1, max_length=100_000)],
    language: Annotated[Language, "what it is written in"] = "python",
    timeout: Annotated[int, "seconds", Field(ge=1, le=60)] = 30,
    stdin: Annotated[str, "what it reads", Field(max_length=1_000_000)] = "",
    memory_mb: Annotated[int, "MiB, all together", Field(ge=16, le=4_096)] = 512,
    *,
    runs: CodeRuns,
) -> CodeOutcome:
    """Run a piece of code in the sandbox, without a network and without files."""
    ran = await runs.run(CodeRun(code, language, timeout, memory_mb, stdin))
    return CodeOutcome(
        exit_code=ran.status,
        stdout=ran.output.decode(errors="replace"),
        stderr=ran.errors.decode(errors="replace"),
        timed_out=ran.ended == "time",
        ended=ran.ended,
        elapsed_ms=ran.elapsed_ms,
    )
