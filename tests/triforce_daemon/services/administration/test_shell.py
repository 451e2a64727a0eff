"""Commands of admins: switched off, confined, or as the daemon's own user where the owner has said so."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest

from triforce_daemon.access.caller import Caller
from triforce_daemon.children.confinement import Hidden
from triforce_daemon.children.sandbox import Sandbox
from triforce_daemon.errors import FileMissing, InvalidArguments, PathRefused, ToolUnavailable
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.administration.shell import Command, CommandRan, Shell
from triforce_daemon.services.files import Files
from triforce_daemon.settings import Files as FileSettings
from triforce_daemon.settings import Shell as Settings
from triforce_daemon.settings import Workspace
from triforce_daemon.stores.file_changes import FileChangeStore
from triforce_daemon.stores.sqlite.database import SqliteDatabase
from triforce_daemon.workspaces.blobs import Blobs
from triforce_daemon.workspaces.guard import Guard
from triforce_daemon.workspaces.roots import Roots

OWNER = Caller("owner", "me", uid=os.getuid())
Open = Callable[..., Shell]


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.stop()


@pytest.fixture
def project(folder: str) -> Path:
    for name in ("project", "read", "own"):
        Path(folder, name).mkdir()
    Path(folder, "own/secret").write_text("canary-4f9a")
    return Path(folder, "project")


@pytest.fixture
def opened(folder: str, project: Path, tasks: Tasks) -> Open:
    workspaces = {
        "project": Workspace(folder=str(project), write=True),
        "read": Workspace(folder=f"{folder}/read"),
        "kernels": Workspace(folder="/proc/self"),
    }
    guard = Guard([f"{folder}/own"], [])
    store = FileChangeStore(SqliteDatabase(f"{folder}/t.db", "normal", 5))
    roots = Roots(workspaces, folder, guard)
    files = Files(roots, guard, Blobs(f"{folder}/blobs"), store, Clock(), FileSettings(), "here")

    def make(programs: str | None = None, **settings: object) -> Shell:
        hidden = Hidden((f"{folder}/own",))
        sandbox = Sandbox(tasks, hidden, programs) if programs else Sandbox(tasks, hidden)
        return Shell(sandbox, files, tasks, Settings(**{"enabled": True, **settings}))  # pyright: ignore[reportArgumentType]

    return make


@pytest.fixture
async def shell(opened: Open) -> Shell:
    made = opened()
    await made.prepare()
    if (lack := made.missing()) is not None:
        pytest.skip(lack.reason)
    return made


async def run(
    shell: Shell, text: str, folder: str | None = None, seconds: int = 20, environ: Mapping[str, str] | None = None
) -> CommandRan:
    return await shell.run(Command(OWNER, text, seconds, folder, None, environ or {}))


async def said(shell: Shell, text: str, folder: str | None = None, **environ: str) -> str:
    done = await run(shell, text, folder, environ=environ)
    assert done.ran.status == 0, done.ran.errors
    return done.ran.output.decode().strip()


async def test_it_is_off_until_the_owner_allows_it(opened: Open) -> None:
    off = opened(enabled=False)
    await off.prepare()
    lack = off.missing()
    assert lack is not None and lack.fix is not None and "shell.enabled" in lack.fix
    with pytest.raises(ToolUnavailable, match="switched off"):
        await run(off, "true")


async def test_where_nothing_confines_it_nothing_runs_unless_the_owner_says_so(opened: Open) -> None:
    bare = opened("/nonexistent")
    await bare.prepare()
    lack = bare.missing()
    assert lack is not None and lack.fix is not None and "shell.unconfined" in lack.fix
    assert bare.ills() == []
    with pytest.raises(ToolUnavailable, match="bubblewrap"):
        await run(bare, "true")


async def test_in_the_sandbox_it_sees_the_workspace_and_nothing_of_the_daemons(
    shell: Shell, project: Path, folder: str
) -> None:
    inside = str(project / "a")
    os.mkdir(inside)
    assert await said(shell, "pwd; echo made > b; ls /", inside) != ""
    assert (project / "a/b").read_text() == "made\n"
    hidden = await run(shell, f"cat {folder}/own/secret; ls {folder}")
    assert b"canary" not in hidden.ran.output + hidden.ran.errors and hidden.confined
    refused = await run(shell, "touch x", f"{folder}/read")
    assert refused.ran.status != 0 and not os.path.exists(f"{folder}/read/x")
    for outside, why in (
        ("/etc", PathRefused),
        (os.path.realpath("/proc/self"), PathRefused),
        (f"{folder}/own", PathRefused),
        (f"{project}/none", FileMissing),
    ):
        with pytest.raises(why):
            await run(shell, "true", outside)


async def test_it_inherits_nothing_and_gets_what_is_named(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "canary-4f9a")
    told = await said(shell, "env", GREETING="two words; $(true)")
    assert "GREETING=two words; $(true)" in told and "canary" not in told and "TRIFORCE" not in told


async def test_what_is_named_cannot_change_the_sandbox_itself(shell: Shell) -> None:
    # By this the loader tells what a program is linked with, and does not run it: bash, and not bubblewrap.
    told = await said(shell, "true", LD_TRACE_LOADED_OBJECTS="1")
    assert "libc.so" in told and "libcap" not in told
    for name, value in (("A=B", "x"), ("-u", "x"), ("", "x"), ("A", "a\0b"), ("A", "x" * 20_000)):
        with pytest.raises(InvalidArguments):
            await run(shell, "true", environ={name: value})
    with pytest.raises(InvalidArguments, match="64"):
        await run(shell, "true", environ={f"A{number}": "x" for number in range(65)})


async def test_time_memory_and_output_have_bounds(opened: Open, shell: Shell) -> None:
    slow = await run(shell, "sleep 60 & sleep 60", seconds=1)
    assert slow.ran.ended == "time" and slow.ran.elapsed_ms < 10_000
    much = await run(shell, "yes")
    assert much.ran.ended == "output" and len(much.ran.output) <= 1 << 20


async def test_where_the_owner_says_so_it_runs_as_the_daemons_user_and_that_is_told(
    opened: Open, project: Path
) -> None:
    bare = opened("/nonexistent", unconfined=True)
    await bare.prepare()
    assert bare.missing() is None
    (ill,) = bare.ills()
    assert ill["code"] == "shell.unconfined" and "approvals do not bind" in ill["message"]
    done = await run(bare, "echo $A; pwd; exit 3", str(project), environ={"A": "x y"})
    assert (done.ran.status, done.confined) == (3, False)
    assert done.ran.output.decode().splitlines() == ["x y", os.path.realpath(project)]
    with pytest.raises(PathRefused):
        await run(bare, "true", "/nonexistent")
    left = await run(bare, "sleep 60 & echo $!; exit 0")
    await asyncio.sleep(0)
    assert not os.path.exists(f"/proc/{int(left.ran.output)}/exe"), "nobody of its group stays behind"
