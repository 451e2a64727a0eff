"""Source code in the caller's workspaces, made and changed so that it can be undone."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.errors import InvalidArguments
from triforce_daemon.services.code_edits import Edit, EditMode
from triforce_daemon.services.code_files import CodeFiles, Template
from triforce_daemon.services.file_texts import encoded
from triforce_daemon.services.files import Files, Place
from triforce_daemon.services.patches.patches import Patches
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool

Path = Annotated[
    str, "from the workspace's root on, or an absolute one within it", Field(min_length=1, max_length=4_096)
]
Line = Annotated[int | None, "counted from 1", Field(ge=1)]


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
    keywords=(
        "change code",
        "replace text",
        "insert lines",
        "Code ändern",
        "Quelltext ändern",
        "Zeile",
        "ersetzen",
        "einfügen",
        "bearbeiten",
    ),
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


class PatchedFile(TypedDict):
    path: str
    hunks: int
    ok: bool
    reject: str | None
    """Why it does not fit."""
    backup_id: str | None
    """What restores it as it was; null where nothing was changed."""


class CodePatched(TypedDict):
    host: str
    applied: bool
    """All of it, or nothing."""
    files: list[PatchedFile]
    backup_id: str | None
    """Of the file, where it is one; of several, each has its own."""


@tool(
    tier="pro",
    effect="destroy",
    keywords=(
        "apply diff",
        "unified diff",
        "git apply",
        "several files",
        "Patch anwenden",
        "Diff einspielen",
        "Änderung",
    ),
)
async def code_patch(
    diff: Annotated[str, "a unified diff, as git writes it", Field(min_length=1, max_length=2_000_000)],
    dry_run: Annotated[bool, "only say whether it fits"] = False,
    strip: Annotated[int, "how many names at the beginning of each path are left out", Field(ge=0, le=20)] = 1,
    *,
    patches: Patches,
    files: Files,
    call: ToolCall,
) -> CodePatched:
    """Apply a diff to several files, all of it or nothing; it can be undone."""
    encoded(diff)
    done = await patches.apply(Place(call.caller, ".", call.folder), diff, strip, dry_run=dry_run)
    for one in done:
        for change in one.changes:
            call.changed("file", change, f"patched {one.path}", change)
    found = [
        PatchedFile(path=one.path, hunks=one.hunks, ok=one.reject is None, reject=one.reject, backup_id=one.backup)
        for one in done
    ]
    return CodePatched(
        host=files.host,
        applied=not dry_run and all(one["ok"] for one in found),
        files=found,
        backup_id=found[0]["backup_id"] if len(found) == 1 else None,
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
        await code.check(place, backup_id)
        if action == "diff":
            diff = await code.difference(place, backup_id)
        else:
            restored = (await files.restore(call.caller, backup_id, call.folder, force=True)).change
            if restored is not None:
                call.changed("file", restored, f"restored {path}", restored)
    kept = [CodeBackup(id=one.id, at=one.at, sha256=one.sha256) for one in await code.backups(place)]
    return CodeBackups(backups=kept, diff=diff, restored=restored)
