"""Files of other programs: read, and replaced in one step."""

import contextlib
import os
import stat
import tempfile

from triforce_cli.errors import OutputFailed, UnreadableFile


def read(path: str) -> bytes | None:
    """The file's content; None where there is none. Raises UnreadableFile."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.", "Check its owner and mode.") from None


def mode(path: str) -> int | None:
    """The permissions of a file; None where there is none."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return stat.S_IMODE(os.stat(path).st_mode)
    return None


def write(path: str, content: bytes, permissions: int) -> tuple[str, ...]:
    """Put `content` in the file's place, all or nothing; returns the folders that were made. Raises OutputFailed.

    What a link leads to is replaced, not the link.
    """
    path = os.path.realpath(path)
    folder = os.path.dirname(path)
    try:
        made = _make(folder)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".triforce.", delete=False) as draft:
            try:
                draft.write(content)
                draft.flush()
                os.fchmod(draft.fileno(), permissions)
                os.fsync(draft.fileno())
                os.replace(draft.name, path)
            except BaseException:
                os.unlink(draft.name)
                raise
    except OSError as error:
        raise OutputFailed(
            f"{path} cannot be written: {error.strerror}.", "Check the folder's owner and mode."
        ) from None
    return made


def remove(path: str, folders: tuple[str, ...] = ()) -> None:
    """Remove the file, and those of `folders` that are empty then. Raises OutputFailed."""
    try:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
    except OSError as error:
        raise OutputFailed(
            f"{path} cannot be removed: {error.strerror}.", "Check the folder's owner and mode."
        ) from None
    for folder in reversed(folders):
        # What others have put there is theirs.
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def _make(folder: str) -> tuple[str, ...]:
    missing: list[str] = []
    while not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    for one in reversed(missing):
        os.mkdir(one, 0o700)
    return tuple(reversed(missing))
