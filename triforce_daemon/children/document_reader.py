"""Reads documents through a program of its own, which is given up in time."""

import json

from triforce_daemon.children.documents.form import Answer, Question
from triforce_daemon.children.reading_program import Read, ReadingProgram
from triforce_daemon.children.sandbox import Sandbox
from triforce_daemon.errors import SourceUnreadable
from triforce_daemon.runtime.tasks import Tasks

PROGRAM = "triforce_daemon.children.documents.program"
SECONDS = 30.0
_MEMORY_BYTES = 768 << 20
_OUTPUT_BYTES = 48 << 20


class DocumentReader:
    def __init__(
        self,
        tasks: Tasks,
        sandbox: Sandbox,
        *,
        program: str = PROGRAM,
        seconds: float = SECONDS,
        memory_bytes: int = _MEMORY_BYTES,
    ) -> None:
        self._program = ReadingProgram(tasks, sandbox, program, seconds, memory_bytes, _OUTPUT_BYTES)

    async def read(self, question: Question, data: bytes) -> Answer:
        """The pages of a document. Raises SourceUnreadable where there are none, or where that takes too much."""
        ran = await self._program.run(json.dumps(question).encode() + b"\n" + data)
        if ran.ended == "time":
            raise SourceUnreadable("To read it takes too long.", "Name fewer pages, or a smaller document.")
        try:
            answer: Answer = json.loads(ran.output)
        except ValueError:
            raise SourceUnreadable(f"It cannot be read: {_why(ran)}.", None) from None
        if answer["refused"] is not None:
            raise SourceUnreadable(answer["refused"], answer["hint"])
        return answer


def _why(ran: Read) -> str:
    match ran.ended:
        case "memory":
            return "it needs too much memory"
        case "output":
            return "there is too much text in it"
        case _:
            return ran.last_words or "its reader ended"
