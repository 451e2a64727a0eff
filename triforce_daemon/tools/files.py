"""Files in the caller's workspaces."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.services.file_texts import Encoding, encoded, listed, text_or_base64
from triforce_daemon.services.files import Files, Mode, Place
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool

Path = Annotated[
    str, "from the workspace's root on, or an absolute one within it", Field(min_length=1, max_length=4_096)
]


class FileContent(TypedDict):
    path: str
    host: str
    """The machine that it is on."""
    text: str | None
    base64: str | None
    """Instead of the text, where it is none in that encoding."""
    size: int
    """Bytes of the whole file."""
    sha256: str | None
    """Of the whole file; null of one over a gibibyte."""


@tool(
    tier="pro",
    effect="read",
    idempotent=True,
    keywords=("open", "cat", "content", "show file", "Datei lesen", "öffnen", "Inhalt", "anzeigen"),
)
async def file_read(
    path: Path,
    encoding: Annotated[Encoding, "of the text; base64 for what is none"] = "utf-8",
    start: Annotated[int, "from this byte on", Field(ge=0)] = 0,
    max_bytes: Annotated[int, "how much at most", Field(ge=1, le=10_000_000)] = 200_000,
    *,
    files: Files,
    call: ToolCall,
) -> FileContent:
    """Read a file in a workspace."""
    piece = await files.read(Place(call.caller, path, call.folder), start, max_bytes)
    text, base64 = text_or_base64(piece.data, encoding)
    return FileContent(path=path, host=files.host, text=text, base64=base64, size=piece.size, sha256=piece.sha256)


class FileWritten(TypedDict):
    path: str
    host: str
    bytes: int
    sha256: str | None
    backup_id: str | None
    """What restores it as it was; null where nothing was changed."""


@tool(
    tier="unlimited",
    effect="destroy",
    keywords=("save", "create file", "append", "overwrite", "Datei schreiben", "speichern", "anlegen", "anhängen"),
)
async def file_write(
    path: Path,
    content: Annotated[str, "what shall stand in it, as UTF-8"],
    mode: Annotated[Mode, "create refuses a file that is there"] = "create",
    *,
    files: Files,
    call: ToolCall,
) -> FileWritten:
    """Make, replace or lengthen a file in a workspace; it can be undone."""
    written = await files.write(Place(call.caller, path, call.folder), encoded(content), mode)
    if written.change is not None:
        call.changed("file", written.change, f"{mode}: {written.path}", written.change)
    return FileWritten(path=path, host=files.host, bytes=written.size, sha256=written.sha256, backup_id=written.change)


class FileEntry(TypedDict):
    name: str
    """From the folder that was asked for."""
    type: Literal["file", "folder", "link", "other"]
    size: int
    mtime: str


class FileEntries(TypedDict):
    path: str
    host: str
    entries: list[FileEntry]
    truncated: bool


@tool(
    tier="pro",
    effect="read",
    keywords=("ls", "directory", "folder", "find files", "Ordner", "Verzeichnis", "auflisten", "Dateien finden"),
)
async def file_list(
    path: Path,
    recursive: Annotated[bool, "also what is in the folders below"] = False,
    glob: Annotated[str | None, "only names or paths like *.py", Field(max_length=256)] = None,
    limit: Annotated[int, "how many at most", Field(ge=1, le=10_000)] = 1_000,
    *,
    files: Files,
    call: ToolCall,
) -> FileEntries:
    """List what is in a folder of a workspace."""
    place = Place(call.caller, path, call.folder)
    found = await listed(files, place, recursive=recursive, glob=glob, limit=limit)
    entries = [FileEntry(name=one.name, type=one.kind, size=one.size, mtime=one.mtime) for one in found.items]
    return FileEntries(path=path, host=files.host, entries=entries, truncated=found.truncated)
