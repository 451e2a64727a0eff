"""PostgreSQL's own program that copies a database, run with nothing but what it needs."""

import asyncio
import os
import shutil
from urllib.parse import urlsplit, urlunsplit

from triforce_daemon.children.process import Process
from triforce_daemon.errors import StorageFailed
from triforce_daemon.runtime.tasks import Tasks

#: Of the system alone.
PROGRAMS = "/usr/local/bin:/usr/bin:/bin"
_GRACE_SECONDS = 2
_SECONDS = 6 * 3_600


class PgDump:
    def __init__(self, tasks: Tasks, url: str, password: str | None, programs: str = PROGRAMS) -> None:
        """`url`: of the database, as libpq takes it; `programs`: where it is looked for, as in PATH."""
        self._tasks = tasks
        self._url = url
        self._password = password
        self._programs = programs

    @property
    def installed(self) -> bool:
        return shutil.which("pg_dump", path=self._programs) is not None

    async def dump(self, target: str) -> None:
        """Write the whole database to a file, as pg_restore reads it. Raises StorageFailed."""
        environ = {"PATH": self._programs, "LC_ALL": "C.UTF-8", "HOME": os.path.dirname(target)}
        if self._password is not None:
            environ["PGPASSWORD"] = self._password
        words = [
            "pg_dump",
            "--format=custom",
            "--no-password",
            f"--file={target}",
            f"--dbname={without_password(self._url)}",
        ]
        try:
            process = await Process.start(words, environ=environ, tasks=self._tasks)
        except OSError as error:
            raise StorageFailed(f"pg_dump could not be started: {error.strerror}.", None) from None
        try:
            async with asyncio.timeout(_SECONDS):
                await process.send(b"", end=True)
                await process.wait()
        except TimeoutError:
            raise StorageFailed("pg_dump did not end in six hours, and was ended.", None) from None
        finally:
            status = await process.terminate(_GRACE_SECONDS)
        if status != 0:
            said = " ".join(process.last_words()[-2:]) or f"it ended with status {status}"
            raise StorageFailed(f"The database could not be copied: {said}", "pg_dump has to be as new as the server.")


def without_password(url: str) -> str:
    """The address as it may stand among a process's words, which every user of the machine can see."""
    parts = urlsplit(url)
    who, sign, host = parts.netloc.rpartition("@")
    query = "&".join(one for one in parts.query.split("&") if not one.startswith("password="))
    return urlunsplit(parts._replace(netloc=who.partition(":")[0] + sign + host, query=query))
