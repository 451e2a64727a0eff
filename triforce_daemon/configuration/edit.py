"""Changes one key of `config.toml` and keeps the rest of the file as its owner wrote it."""

import os
import tempfile
from collections.abc import Mapping
from typing import cast

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import ParseError

from triforce_daemon.configuration.keys import Key, keys
from triforce_daemon.errors import ConfigurationInvalid, InvalidRequest, NotFound, StorageFailed
from triforce_daemon.runtime.near import near
from triforce_daemon.settings import Settings


def find(name: str) -> Key:
    """The key of that name. Raises NotFound with near names."""
    key = keys().get(name)
    if key is None:
        raise NotFound(f"There is no setting `{name}`.", "See `triforce config list`.", near=near(name, list(keys())))
    return key


def put(file: str, name: str, value: object) -> None:
    """Set `name` in `file`, which is created where it is missing. Raises NotFound, InvalidRequest, StorageFailed."""
    key = find(name)
    checked = key.read(_checked(key, value))
    document = _read(file)
    table = cast(dict[str, object], document.setdefault(key.section, tomlkit.table()))
    table[key.field] = checked
    _write(file, document)


def remove(file: str, name: str) -> None:
    """Take `name` out of `file`, so that its default holds again."""
    key = find(name)
    document = _read(file)
    table = cast(dict[str, object], document.setdefault(key.section, tomlkit.table()))
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
        with open(file, encoding="utf-8") as handle:
            return tomlkit.parse(handle.read())
    except FileNotFoundError:
        return tomlkit.document()
    except (ParseError, UnicodeDecodeError) as error:
        raise ConfigurationInvalid(f"{file}: {error}", "Correct the file first: `triforce config validate`.") from None
    except OSError as error:
        raise StorageFailed(f"{file} cannot be read: {error.strerror}.", "Check its owner and mode.") from None


def _write(file: str, document: Mapping[str, object]) -> None:
    folder = os.path.dirname(file)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".config.", delete=False, encoding="utf-8") as draft:
            draft.write(tomlkit.dumps(document))
            draft.flush()
            os.fsync(draft.fileno())
        os.replace(draft.name, file)
    except OSError as error:
        raise StorageFailed(
            f"{file} cannot be written: {error.strerror}.", "Check the folder's mode and room."
        ) from None
