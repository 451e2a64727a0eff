"""Commands of admins."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.errors import Forbidden
from triforce_daemon.services.administration.shell import Command, Shell
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool

#: A model's answer, and another daemon, run no command here: whoever wants one calls for it himself.
_BY = ("api", "mcp")


class ShellRan(TypedDict):
    exit_code: int
    stdout: str
    stderr: str
    """The end of it."""
    timed_out: bool
    elapsed_ms: int
    ended: str
    """exit, or which bound has ended it: time, output, processes, memory or disk."""
    confined: bool
    """Whether it ran in the sandbox."""


@tool(
    tier="admin",
    effect="exec",
    approval=True,
    each=True,
    open_world=True,
    requires=(Shell,),
    keywords=("command", "terminal", "bash", "Befehl", "Kommando", "Shell", "ausführen", "Rechner"),
)
async def shell(
    command: Annotated[str, "as bash takes it", Field(min_length=1, max_length=100_000, pattern=r"^[^\x00]+$")],
    timeout: Annotated[int, "seconds", Field(ge=1, le=300)] = 30,
    cwd: Annotated[str | None, "a folder in a workspace; without, an empty one", Field(max_length=4_096)] = None,
    env: Annotated[dict[str, str] | None, "variables by their names, no secrets; nothing is inherited"] = None,
    *,
    shells: Shell,
    call: ToolCall,
) -> ShellRan:
    """Run a shell command on the daemon's machine, in the sandbox where there is one."""
    if call.via not in _BY:
        raise Forbidden("A model's answer runs no commands.", "Somebody calls the tool `shell` himself.")
    done = await shells.run(Command(call.caller, command, timeout, cwd, call.folder, env or {}))
    return ShellRan(
        exit_code=done.ran.status,
        stdout=done.ran.output.decode(errors="replace"),
        stderr=done.ran.errors.decode(errors="replace"),
        timed_out=done.ran.ended == "time",
        elapsed_ms=done.ran.elapsed_ms,
        ended=done.ran.ended,
        confined=done.confined,
    )
