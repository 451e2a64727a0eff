"""Changes one key of `config.toml` and keeps the rest of the file as its owner wrote it."""

import contextlib
import os
import tempfile
from collections.abc import Mapping, MutableMapping
from typing import Any, cast

import tomlkit
from tomlkit.exceptions import ParseError

from triforce_daemon.configuration.keys import Key, all_keys, is_table, named_sections
from triforce_daemon.configuration.keys import find as find_key
from triforce_daemon.configuration.validation import Path, Wrong, take_out, validate
from triforce_daemon.errors import ConfigurationInvalid, InvalidRequest, NotFound, StorageFailed
from triforce_daemon.runtime.folders import make_private
from triforce_daemon.runtime.near import near
from triforce_daemon.settings import Settings


def find(name: str) -> Key:
    """The key of that name. Raises NotFound with near names."""
    key = find_key(name)
    if key is None:
        alike = near(name, [known.name for known in all_keys()])
        hint = f"Did you mean {' or '.join(alike)}?" if alike else "See `triforce config list`."
        raise NotFound(f"There is no setting `{name}`.", hint, near=alike)
    return key


def put(file: str, name: str, value: object) -> None:
    """Set `name` in `file`, which is created where it is missing.

    Raises NotFound, InvalidRequest, ConfigurationInvalid, StorageFailed.
    """
    key = find(name)
    put_table(file, key.table, {key.field: value})


def tried(file: str, name: str, value: object) -> object:
    """What `put` would set, which is not written. Raises as `put` does."""
    key = find(name)
    document = _read(file)
    _table(file, document, key.table)
    return key.read(_checked(document, key.table, {key.field: value}))


def put_table(file: str, table: Path, values: Mapping[str, object]) -> None:
    """Set fields of one table, ("builtin",) or ("aliases", "fast"), together. Raises as `put` does."""
    wanted = [find(".".join((*table, field))) for field in values]
    document = _read(file)
    place = _table(file, document, table)
    checked = _checked(document, table, values)
    for key in wanted:
        place[key.field] = key.read(checked)
    _write(file, document)


def remove(file: str, name: str) -> None:
    """Take `name` out of `file`, so that its default holds again; or a whole table, `aliases.fast`.

    Raises NotFound, InvalidRequest where its table cannot be without it, ConfigurationInvalid, StorageFailed.
    """
    if is_table(name):
        section, _, table = name.partition(".")
        _remove(file, (section,), table)
    else:
        key = find(name)
        _remove(file, key.table, key.field)


def _remove(file: str, path: Path, field: str) -> None:
    document = _read(file)
    table = _table(file, document, path)
    if field not in table:
        return
    del table[field]
    if len(path) > 1 and table:
        _checked(document, path, {})
    elif len(path) > 1:
        # A table of the user's own that says nothing any more is gone as well.
        del _table(file, document, path[:-1])[path[-1]]
    _write(file, document)


def _checked(document: tomlkit.TOMLDocument, table: Path, values: Mapping[str, object]) -> Settings:
    """The settings with these values in `table`, and without what is wrong elsewhere. Raises InvalidRequest."""
    # A fixed section's values do not depend on one another; those of a table with a name, on all such tables.
    named = {section: document[section] for section in named_sections() if len(table) > 1 and section in document}
    draft: dict[str, Any] = tomlkit.item(named).unwrap()
    place = draft
    for name in table:
        place = place.setdefault(name, {})
    place.update(values)
    while not isinstance(found := validate(draft), Settings):
        for wrong in found:
            concerned = wrong.path[:-1] == table and (wrong.missing or wrong.path[-1] in values)
            # A name that two sections have is found wrong in one of them, whichever was there first.
            if concerned or wrong.path[1:] == table[1:]:
                raise _refusal(wrong)
            take_out(draft, wrong.path)
    return found


def _refusal(wrong: Wrong) -> InvalidRequest:
    name = ".".join(wrong.path)
    key = find_key(name)
    words = f"{name}: {wrong.words()}" if wrong.missing or key is None else f"{name} = {wrong.words()}"
    return InvalidRequest(f"{words}.", f"{name} is {key.type_name}: {key.description}" if key else None)


def _read(file: str) -> tomlkit.TOMLDocument:
    try:
        # No translation of line ends: what its owner wrote stays.
        with open(file, encoding="utf-8", newline="") as handle:
            return tomlkit.parse(handle.read())
    except FileNotFoundError:
        return tomlkit.document()
    except (ParseError, UnicodeDecodeError) as error:
        raise ConfigurationInvalid(f"{file}: {error}", "Correct the file first: `triforce config validate`.") from None
    except OSError as error:
        raise StorageFailed(f"{file} cannot be read: {error.strerror}.", "Check its owner and mode.") from None


def _table(file: str, document: tomlkit.TOMLDocument, path: Path) -> MutableMapping[str, object]:
    """The table at `path` in the document, which is made where it is missing."""
    table = cast(MutableMapping[str, object], document)
    for depth, name in enumerate(path, start=1):
        # A table that only holds tables needs no header of its own.
        inner = table.setdefault(name, tomlkit.table(is_super_table=depth < len(path)))
        if not isinstance(inner, MutableMapping):
            place = ".".join(path[:depth])
            raise ConfigurationInvalid(
                f"{file}: {place} is a section, and the file has a value there.", f"Write it as a table: [{place}]"
            )
        table = cast(MutableMapping[str, object], inner)
    return table


def _write(file: str, document: Mapping[str, object]) -> None:
    # A link stays a link: many keep their configuration elsewhere.
    file = os.path.realpath(file)
    folder = os.path.dirname(file)
    try:
        make_private(folder)
        _replace(file, folder, tomlkit.dumps(document).encode())
    except OSError as error:
        raise StorageFailed(
            f"{file} cannot be written: {error.strerror}.", "Check the folder's mode and room."
        ) from None


def _replace(file: str, folder: str, content: bytes) -> None:
    """All of it or nothing, whatever happens on the way. Raises OSError."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".config.", delete=False) as draft:
        try:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
            _keep_mode(file, draft.fileno())
            os.replace(draft.name, file)
        except BaseException:
            os.unlink(draft.name)
            raise


def _keep_mode(file: str, draft: int) -> None:
    """What exists keeps its owner and mode; a new file is its owner's alone."""
    with contextlib.suppress(FileNotFoundError):
        before = os.stat(file)
        os.fchown(draft, before.st_uid, before.st_gid)
        os.fchmod(draft, before.st_mode & 0o777)
