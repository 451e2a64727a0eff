"""Code that is run, in the sandbox alone."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.services.code_runs import CodeRun, CodeRuns, Language
from triforce_daemon.toolbox.declaration import tool


class CodeOutcome(TypedDict):
    exit_code: int
    stdout: str
    stderr: str
    """The end of it."""
    timed_out: bool
    ended: str
    """exit, or which bound has ended it: time, output, processes, memory or disk."""
    elapsed_ms: int


@tool(
    tier="unlimited",
    effect="exec",
    requires=(CodeRuns,),
    keywords=("run python", "execute", "script", "shell script", "Code ausführen", "Python laufen lassen", "Skript"),
)
async def code_exec(
    code: Annotated[str, "the program", Field(min_length=1, max_length=100_000)],
    language: Annotated[Language, "what it is written in"] = "python",
    timeout: Annotated[int, "seconds", Field(ge=1, le=60)] = 30,
    stdin: Annotated[str, "what it reads", Field(max_length=1_000_000)] = "",
    memory_mb: Annotated[int, "MiB, all together", Field(ge=16, le=4_096)] = 512,
    *,
    runs: CodeRuns,
) -> CodeOutcome:
    """Run a piece of code in the sandbox, without a network and without files."""
    ran = await runs.run(CodeRun(code, language, timeout, memory_mb, stdin))
    return CodeOutcome(
        exit_code=ran.status,
        stdout=ran.output.decode(errors="replace"),
        stderr=ran.errors.decode(errors="replace"),
        timed_out=ran.ended == "time",
        ended=ran.ended,
        elapsed_ms=ran.elapsed_ms,
    )
