"""What `triforce connect` did to a program's files: kept in the state folder, so that it can be taken back."""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from triforce_cli.errors import InputInvalid
from triforce_cli.files.whole import read, write
from triforce_daemon.wire.paths import state_folder


@dataclass(frozen=True, slots=True)
class KeptEdit:
    path: tuple[str, ...]
    #: SHA-256 of the value that was written, for it may be a secret.
    ours: str
    #: What was there before, where something was.
    former: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptFile:
    file: str
    form: str
    #: The file as it was; None where there was none.
    before: bytes | None
    mode: int | None
    #: SHA-256 of the file as it was written.
    after: str
    edits: tuple[KeptEdit, ...]
    #: Folders that were made for it, the outermost first.
    folders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    client: str
    #: The token's id.
    token: str
    url: str
    model: str
    files: tuple[KeptFile, ...]


def folder(environ: Mapping[str, str]) -> str:
    return os.path.join(state_folder(environ), "connect")


def record_file(environ: Mapping[str, str], client: str) -> str:
    return os.path.join(folder(environ), f"{client}.json")


def token_file(environ: Mapping[str, str], client: str) -> str:
    """Where the token of that program is; only its owner can read it."""
    return os.path.join(folder(environ), f"{client}.token")


def digest(value: object) -> str:
    """A value's fingerprint; of bytes their own."""
    content = value if isinstance(value, bytes) else json.dumps(value, sort_keys=True).encode()
    return sha256(content).hexdigest()


def load(environ: Mapping[str, str], client: str) -> Record | None:
    """What was done, if anything. Raises InputInvalid where that cannot be read."""
    path = record_file(environ, client)
    content = read(path)
    if content is None:
        return None
    try:
        told = json.loads(content)
        return Record(told["client"], told["token"], told["url"], told["model"], tuple(map(_file, told["files"])))
    except (ValueError, KeyError, TypeError) as error:
        raise InputInvalid(f"{path} is damaged: {error}", "Look at it; your files as they were stand in it.") from None


def save(environ: Mapping[str, str], record: Record) -> None:
    """Raises OutputFailed."""
    document = {
        "client": record.client,
        "token": record.token,
        "url": record.url,
        "model": record.model,
        "files": [_told(file) for file in record.files],
    }
    write(record_file(environ, record.client), json.dumps(document, indent=2).encode(), 0o600)


def _told(file: KeptFile) -> dict[str, object]:
    return {
        "file": file.file,
        "form": file.form,
        "before": None if file.before is None else base64.b64encode(file.before).decode(),
        "mode": file.mode,
        "after": file.after,
        "edits": [{"path": edit.path, "ours": edit.ours, "former": edit.former} for edit in file.edits],
        "folders": file.folders,
    }


def _file(told: dict[str, Any]) -> KeptFile:
    return KeptFile(
        told["file"],
        told["form"],
        None if told["before"] is None else base64.b64decode(told["before"]),
        told["mode"],
        told["after"],
        tuple(KeptEdit(tuple(edit["path"]), edit["ours"], tuple(edit["former"])) for edit in told["edits"]),
        tuple(told["folders"]),
    )
