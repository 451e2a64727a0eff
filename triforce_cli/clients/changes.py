"""What becomes of a program's files: planned, shown, done, and taken back."""

import difflib
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

from triforce_cli.clients import env_text, json_text
from triforce_cli.clients.client import Edit, FileEdits
from triforce_cli.clients.record import KeptEdit, KeptFile, Record, digest
from triforce_cli.errors import InputInvalid, TriforceCliError
from triforce_cli.files import toml_text, whole

_FORMS: dict[str, ModuleType] = {form.__name__.rpartition(".")[2]: form for form in (json_text, toml_text, env_text)}
_OTHERS_MAY_NOT = 0o600
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Change:
    """A file as it is and as it is going to be; None: it is not there."""

    file: str
    now: bytes | None
    then: bytes | None
    mode: int
    #: Its permissions as they are.
    was: int | None = None
    #: What has to be known to take it back; None where this takes back.
    kept: KeptFile | None = None
    folders: tuple[str, ...] = ()


def plan(wanted: Sequence[FileEdits], record: Record | None) -> list[Change]:
    """The changes that bring `wanted` about, in place of what an earlier run did. Raises InputInvalid."""
    earlier = {kept.file: kept for kept in record.files} if record else {}
    changes = [_forth(one, earlier.pop(one.file, None)) for one in wanted]
    return [*changes, *map(_back, earlier.values())]


def plan_back(record: Record) -> list[Change]:
    """The changes that take everything back. Raises InputInvalid."""
    # The last first: the folders stand with the file that they were made for.
    return [_back(kept) for kept in reversed(record.files)]


def difference(change: Change) -> str:
    """What changes, as `diff -u` shows it."""
    old, new = ((side or b"").decode(errors="replace").splitlines(keepends=True) for side in (change.now, change.then))
    before, after = (change.file if side is not None else "/dev/null" for side in (change.now, change.then))
    lines = difflib.unified_diff(old, new, before, after)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def apply(changes: Sequence[Change]) -> list[KeptFile]:
    """Do them all or none; returns what has to be known to take them back. Raises OutputFailed."""
    done: list[tuple[Change, tuple[str, ...]]] = []
    kept: list[KeptFile] = []
    try:
        for change in changes:
            made = _apply(change)
            done.append((change, made))
            if change.kept is not None:
                kept.append(_with_folders(change.kept, made))
    except TriforceCliError:
        for change, made in reversed(done):
            _apply(_reversal(change, made))
        raise
    return kept


def reverse(planned: Sequence[Change], kept: Sequence[KeptFile]) -> None:
    """Undo what `apply` has just done. Raises OutputFailed."""
    made = {one.file: one.folders for one in kept}
    for change in reversed(planned):
        _apply(_reversal(change, made.get(change.file, ())))


def _apply(change: Change) -> tuple[str, ...]:
    if change.then is None:
        whole.remove(change.file, change.folders)
        return ()
    if change.then == change.now and whole.mode(change.file) == change.mode:
        return ()
    return whole.write(change.file, change.then, change.mode)


def _reversal(change: Change, made: tuple[str, ...]) -> Change:
    return Change(change.file, change.then, change.now, change.was or change.mode, folders=made)


def _forth(wanted: FileEdits, earlier: KeptFile | None) -> Change:
    now = whole.read(wanted.file)
    before = _without_us(now, earlier) if earlier else now
    text = _text(before, wanted.file)
    edits: list[KeptEdit] = []
    for edit in wanted.edits:
        with _understood(wanted.file):
            former = wanted.form.value_at(text, edit.path, _MISSING)
            text = _edited(wanted.form, text, edit, former is not _MISSING)
            if wanted.form.value_at(text, edit.path) != edit.value:
                raise ValueError(f"`{'.'.join(edit.path)}` cannot be written as the file is laid out")
        edits.append(KeptEdit(edit.path, digest(edit.value), () if former is _MISSING else (former,)))
    mode = earlier.mode if earlier else whole.mode(wanted.file)
    permissions = _OTHERS_MAY_NOT if mode is None else mode & _OTHERS_MAY_NOT if wanted.secret else mode
    then = text.encode()
    form = wanted.form.__name__.rpartition(".")[2]
    folders = earlier.folders if earlier else ()
    kept = KeptFile(wanted.file, form, before, mode, digest(then), tuple(edits), folders)
    return Change(wanted.file, now, then, permissions, whole.mode(wanted.file), kept)


def _back(kept: KeptFile) -> Change:
    now = whole.read(kept.file)
    then = _without_us(now, kept)
    was = whole.mode(kept.file)
    mode = kept.mode if kept.mode is not None else was
    return Change(kept.file, now, then, mode or _OTHERS_MAY_NOT, was, folders=kept.folders)


def _without_us(now: bytes | None, kept: KeptFile) -> bytes | None:
    """The file as it was before; where its owner has changed it since, as it is, but without our values."""
    if now is None or digest(now) == kept.after:
        return None if now is None else kept.before
    text = _text(now, kept.file)
    form = _FORMS[kept.form]
    with _understood(kept.file):
        for edit in reversed(kept.edits):
            there = form.value_at(text, edit.path, _MISSING)
            if digest(None if there is _MISSING else there) != edit.ours:
                # Its owner's by now.
                continue
            if edit.former:
                text = form.with_value(text, edit.path, edit.former[0])
            elif there is not _MISSING:
                text = _pruned(form, text, edit.path, _text(kept.before, kept.file))
    is_ours_alone = kept.before is None and not text.strip().strip("{}").strip()
    return None if is_ours_alone else text.encode()


def _edited(form: ModuleType, text: str, edit: Edit, is_there: bool) -> str:
    if edit.value is not None:
        return form.with_value(text, edit.path, edit.value)
    return form.without(text, edit.path) if is_there else text


def _pruned(form: ModuleType, text: str, path: tuple[str, ...], before: str) -> str:
    """Without that value, and without what held nothing else and was not there before."""
    text = form.without(text, path)
    while len(path) > 1:
        path = path[:-1]
        was_there = bool(before.strip()) and form.value_at(before, path, _MISSING) is not _MISSING
        if was_there or form.value_at(text, path, _MISSING) != {}:
            break
        text = form.without(text, path)
    return text


def _with_folders(kept: KeptFile, made: tuple[str, ...]) -> KeptFile:
    folders = (*kept.folders, *(folder for folder in made if folder not in kept.folders))
    return KeptFile(kept.file, kept.form, kept.before, kept.mode, kept.after, kept.edits, folders)


def _text(content: bytes | None, file: str) -> str:
    try:
        return (content or b"").decode()
    except UnicodeDecodeError as error:
        raise InputInvalid(f"{file} is no UTF-8 text: byte {error.start} is wrong.", "Correct it first.") from None


@contextmanager
def _understood(file: str) -> Generator[None]:
    """What a form cannot read becomes a word to the file's owner."""
    try:
        yield
    except ValueError as error:
        raise InputInvalid(f"{file}: {error}.", "Correct it first; nothing was changed.") from None
