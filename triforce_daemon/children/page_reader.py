"""Reads pages, each through a program that has some seconds and some memory, and is gone with what it has read."""

import json

from triforce_daemon.children.page_words import PageText, Question
from triforce_daemon.children.reading_program import ReadingProgram
from triforce_daemon.children.sandbox import Sandbox
from triforce_daemon.errors import PageUnreadable
from triforce_daemon.runtime.tasks import Tasks

PROGRAM = "triforce_daemon.children.page_process"
#: A page of a megabyte takes a quarter of a second; one that is made to be slow has this long.
SECONDS = 5.0
_MEMORY_BYTES = 512 << 20
_OUTPUT_BYTES = 16 << 20
_WHY = {"time": "it takes too long", "memory": "it needs too much memory", "output": "there is too much in it"}


class PageReader:
    def __init__(self, tasks: Tasks, sandbox: Sandbox, *, program: str = PROGRAM, seconds: float = SECONDS) -> None:
        self._program = ReadingProgram(tasks, sandbox, program, seconds, _MEMORY_BYTES, _OUTPUT_BYTES)

    async def read(self, page: bytes, question: Question) -> PageText:
        """Its title, text and links. Raises PageUnreadable."""
        ran = await self._program.run(json.dumps(question).encode() + b"\n" + page)
        if ran.ended != "by itself":
            raise _unreadable(_WHY[ran.ended])
        try:
            answer: PageText = json.loads(ran.output)
        except ValueError:
            raise _unreadable(ran.last_words or "the program that reads it ended") from None
        return answer


def _unreadable(why: str) -> PageUnreadable:
    return PageUnreadable(f"The page cannot be read: {why}.", None)
