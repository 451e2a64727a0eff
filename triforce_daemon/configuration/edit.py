"""Changes one key of `config.toml` and keeps the rest of the file as its owner wrote it."""

import contextlib
import os
import tempfile
from collections.abc import Mapping, MutableMapping
from typing import cast

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import ParseError

from triforce_daemon.configuration.keys import Key, keys
from triforce_daemon.errors import ConfigurationInvalid, InvalidRequest, NotFound, StorageFailed
from triforce_daemon.runtime.folders import make_private
from triforce_daemon.runtime.near import near
from triforce_daemon.settings import Settings


def find(name: str) -> Key:
    """The key of that name. Raises NotFound with near names."""
    key = keys().get(name)
    if key is None:
        raise NotFound(f"There is no setting `{name}`.", "See `triforce config list`.", near=near(name, list(keys())))
    return key


def put(file: str, name: str, value: object) -> None:
    """Set `name` in `file`, which is created where it is missing.

    Raises NotFound, InvalidRequest, ConfigurationInvalid, StorageFailed.
    """
    key = find(name)
    checked = key.read(_checked(key, value))
    document = _read(file)
    _section(file, document, key)[key.field] = checked
    _write(file, document)


def remove(file: str, name: str) -> None:
    """Take `name` out of `file`, so that its default holds again.

    Raises NotFound, ConfigurationInvalid, StorageFailed.
    """
    key = find(name)
    document = _read(file)
    table = _section(file, document, key)
    if key.field in table:
        del table[key.field]
        _write(file, document)


def _checked(key: Key, value: object) -> Settings:
    try:
        return Settings.model_validate({key.section: {key.field: value}})
    except ValidationError as error:
        message = error.errors()[0]["msg"]
        raise InvalidRequest(
            f"{key.name} = {value!r}: {message}.", f"{key.name} is {key.type_name}: {key.description}"
        ) from None


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


def _section(file: str, document: tomlkit.TOMLDocument, key: Key) -> MutableMapping[str, object]:
    table = cast(object, document.setdefault(key.section, tomlkit.table()))
    if not isinstance(table, MutableMapping):
        raise ConfigurationInvalid(
            f"{file}: {key.section} is a section, and the file has a value there.",
            f"Write it as a table: [{key.section}]",
        )
    return cast(MutableMapping[str, object], table)


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
