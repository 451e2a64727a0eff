"""What a program is started with; what it then reaches is tried in `test_connecting`."""

import os

from triforce_daemon.children.confinement import Hidden
from triforce_daemon.children.sandbox import Sandbox
from triforce_daemon.mcp_client.program import Programs, filled, variables
from triforce_daemon.mcp_server_settings import McpServer
from triforce_daemon.runtime.tasks import Tasks


def test_a_secret_stands_where_it_is_named() -> None:
    settings = McpServer(command="x", env=["A={key}", "B=c=d", "C="], key="k")
    assert variables(settings, "s") == {"A": "s", "B": "c=d", "C": ""}
    assert filled("Bearer {key}", None) == "Bearer "


async def test_its_home_is_its_own_and_nobody_elses(folder: str) -> None:
    tasks = Tasks()
    programs = Programs(Sandbox(tasks, Hidden(), "/nowhere"), f"{folder}/homes", tasks)
    settings = McpServer(command="sh", args=["-c", 'cat > got; echo "$HOME $PWD"'])
    program = await programs.start("x", settings, None)
    assert not program.confined
    await program.process.send(b"input", end=True)
    home = os.path.join(folder, "homes", "x")
    assert await program.process.output(1_000) == f"{home} {home}\n".encode()
    await program.end()
    with open(f"{home}/got", "rb") as file:
        assert file.read() == b"input"
    assert os.stat(home).st_mode & 0o077 == 0
    await tasks.stop()
