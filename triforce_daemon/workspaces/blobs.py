"""What files held before they were changed, under the SHA-256 of it: the same content is kept once."""

import os
import secrets
from collections.abc import Container
from hashlib import sha256

from triforce_daemon.errors import FileMissing, StorageFailed
from triforce_daemon.runtime.folders import make_private


class Blobs:
    def __init__(self, folder: str) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Keep `data`, on the disk when this returns; its name. Raises StorageFailed."""
        name = sha256(data).hexdigest()
        path = self._path(name)
        try:
            if os.path.exists(path):
                # As if it were new: what is to be forgotten is told by its age.
                os.utime(path)
                return name
            make_private(os.path.dirname(path))
            draft = f"{path}.{secrets.token_hex(4)}.part"
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.rename(draft, path)
        except OSError as error:
            raise StorageFailed(f"No backup could be kept ({error.strerror}).", "Nothing was changed.") from error
        return name

    def get(self, name: str) -> bytes:
        """Raises FileMissing where it is not kept any more, StorageFailed where it is not what it was."""
        try:
            with open(self._path(name), "rb") as file:
                data = file.read()
        except FileNotFoundError:
            raise FileMissing("That version is not kept any more.", "See files.keep_days.") from None
        if sha256(data).hexdigest() != name:
            raise StorageFailed("The backup is damaged.", "Look at the disk; the file was not touched.")
        return data

    def forget(self, needed: Container[str], before: float) -> int:
        """Delete what nobody needs and what was last kept before that moment (seconds since 1970); how many."""
        gone = 0
        for folder, _, names in os.walk(self._folder):
            for name in names:
                path = os.path.join(folder, name)
                if name not in needed and os.path.getmtime(path) < before:
                    os.unlink(path)
                    gone += 1
        return gone

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name[:2], name)
