"""Reads pages, each through a child that has a few seconds and a bounded memory, and is gone with what it has read."""

import json
import sys
from collections.abc import Mapping, Sequence

from triforce_daemon.children.command import run
from triforce_daemon.children.page_words import PageText, Question
from triforce_daemon.children.process import Limits
from triforce_daemon.errors import PageUnreadable
from triforce_daemon.runtime.tasks import Tasks

PROGRAM = "triforce_daemon.children.page_process"

#: A page of a megabyte takes a quarter of a second; one that is made to be slow has this long.
SECONDS = 5.0
#: It writes nothing, compiled modules neither, of which it would leave halves.
_LIMITS = Limits(cpu_seconds=4, memory_bytes=1 << 30, open_files=32, file_bytes=512)
_OUTPUT_BYTES = 16 << 20
#: Only what finds the program.
_INHERITED = ("PATH", "PYTHONPATH", "HOME", "LD_LIBRARY_PATH")


class PageReader:
    def __init__(
        self,
        environ: Mapping[str, str],
        tasks: Tasks,
        *,
        program: Sequence[str] = (sys.executable, "-P", "-B", "-m", PROGRAM),
        seconds: float = SECONDS,
    ) -> None:
        self._environ = {name: environ[name] for name in _INHERITED if name in environ} | {"LANG": "C.UTF-8"}
        self._tasks = tasks
        self._program = program
        self._seconds = seconds

    async def read(self, page: bytes, question: Question) -> PageText:
        """Its title, text and links. Raises PageUnreadable."""
        text = json.dumps(question).encode() + b"\n" + page
        try:
            done = await run(
                self._program,
                environ=self._environ,
                tasks=self._tasks,
                seconds=self._seconds,
                text=text,
                output_limit=_OUTPUT_BYTES,
                limits=_LIMITS,
            )
        except TimeoutError:
            raise _unreadable("it takes too long") from None
        except ValueError:
            raise _unreadable("it is too large") from None
        except OSError as error:
            raise _unreadable(f"the program that reads it cannot be started ({error.strerror})") from error
        if done.status != 0:
            raise _unreadable("the program that reads it " + ("was ended" if done.status < 0 else "failed"))
        answer: PageText = json.loads(done.output)
        return answer


def _unreadable(why: str) -> PageUnreadable:
    return PageUnreadable(f"The page cannot be read: {why}.", None)
