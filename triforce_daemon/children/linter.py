"""Source code, looked at by a child that may crash or take too long, and does no harm by it."""

import json
import sys
from collections.abc import Mapping

from triforce_daemon.children.command import run
from triforce_daemon.children.lint_issue import Answer, Checked, Question
from triforce_daemon.children.process import Limits
from triforce_daemon.errors import ToolFailed
from triforce_daemon.runtime.tasks import Tasks

PROGRAM = "triforce_daemon.children.lint_process"

_SECONDS = 20.0
_LIMITS = Limits(cpu_seconds=20, memory_bytes=2 << 30, open_files=64, file_bytes=0)
#: What Python needs to find its packages.
_INHERITED = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG")


class Linter:
    def __init__(self, environ: Mapping[str, str], tasks: Tasks, seconds: float = _SECONDS) -> None:
        """`seconds`: how long it may take."""
        self._environ = {name: environ[name] for name in _INHERITED if name in environ}
        self._tasks = tasks
        self._seconds = seconds

    async def look(self, language: Checked, code: str) -> Answer:
        """Raises ToolFailed where it cannot be told."""
        question = Question(language=language, code=code)
        try:
            done = await run(
                [sys.executable, "-P", "-m", PROGRAM],
                environ=self._environ,
                tasks=self._tasks,
                seconds=self._seconds,
                text=json.dumps(question).encode(),
                limits=_LIMITS,
            )
        except TimeoutError:
            raise ToolFailed(f"It could not be checked within {self._seconds:g} seconds.", "Check a part.") from None
        except (OSError, ValueError) as error:
            raise ToolFailed(f"It could not be checked ({error}).", "Check a part of it.") from error
        if done.status != 0:
            last = done.last_words[-1] if done.last_words else f"status {done.status}"
            raise ToolFailed(f"It could not be checked: the parser has given up ({last[:200]}).", "Check a part of it.")
        answer: Answer = json.loads(done.output)
        return answer
