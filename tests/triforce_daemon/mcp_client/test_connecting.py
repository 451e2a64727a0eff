"""Servers that are reached: a program of ours by its pipes, another daemon by its address."""

import asyncio
import os
import time
from pathlib import Path

import psutil
import pytest

from tests.triforce_daemon.mcp_client.a_line import ALine
from tests.triforce_daemon.mcp_client.small_server import TOOLS, SmallServer, reaching
from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.children.confinement import Hidden
from triforce_daemon.errors import SandboxUnavailable
from triforce_daemon.mcp_client.link import Gone
from triforce_daemon.mcp_server_settings import McpServer


def ignored(_: object) -> None:
    """Nobody wants to know what it says."""


async def test_a_program_is_reached_and_gone_with_whoever_wanted_it(folder: str) -> None:
    small = SmallServer(folder)
    async with reaching(folder) as reach:
        async with reach("small", small.settings(), None, ignored) as link:
            assert [tool["name"] for tool in await link.connection.tools()] == [tool["name"] for tool in TOOLS]
            assert (link.connection.program, link.connection.protocol) == ("small 1", "2025-11-25")
            assert link.confined is False and link.pid is not None and psutil.pid_exists(link.pid)
        assert not psutil.pid_exists(link.pid)


async def test_what_it_gets_is_what_its_settings_name(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", "secret")
    settings = SmallServer(folder).settings(env=["TOKEN=<{key}>", "PLAIN=a=b"], key="mine")
    async with reaching(folder) as reach, reach("small", settings, "s3cret", ignored) as link:
        told = await link.connection.call("reach", {}, ALine())
    assert told.value is not None
    environ = told.value["environ"]
    assert environ.keys() <= {"PATH", "HOME", "LANG", "TOKEN", "PLAIN", "LC_CTYPE", "PWD", "SHLVL", "_", "OLDPWD"}
    assert (environ["TOKEN"], environ["PLAIN"]) == ("<s3cret>", "a=b")
    assert environ["HOME"] == os.path.join(folder, "homes", "small") and told.value["found"] == ["home"]


async def test_one_that_is_shut_in_reaches_nothing_of_the_daemons(folder: str) -> None:
    state, given = Path(folder, "state"), Path(folder, "given")
    for place in (state, given):
        place.mkdir()
        (place / "file").write_text("x")
    small = SmallServer(folder)
    async with (
        await asyncio.start_unix_server(lambda *_: None, f"{state}/socket"),
        reaching(folder, Hidden((str(state),))) as reach,
    ):
        if not (await reach.programs._sandbox.availability()).available:  # type: ignore[attr-defined]
            pytest.skip("bubblewrap does not work here")
        settings = small.settings(confine="always")
        async with reach("small", settings, None, ignored) as link:
            wanted = {"files": [f"{state}/file", f"{given}/file", "/etc/passwd"], "sockets": [f"{state}/socket"]}
            told = await link.connection.call("reach", wanted, ALine())
    assert link.confined is True
    # The folder that it may read holds the daemon's own as well, which stays hidden within.
    assert told.value is not None and told.value["found"] == [f"{given}/file", "home"]


async def test_one_that_has_to_be_shut_in_is_not_started_without(folder: str) -> None:
    settings = SmallServer(folder).settings(confine="always")
    async with reaching(folder) as reach:
        reach.programs._sandbox._programs = "/nowhere"  # type: ignore[attr-defined]
        with pytest.raises(SandboxUnavailable, match="cannot be shut in"):
            async with reach("small", settings, None, ignored):
                pass


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo oh no >&2; exit 4", "oh no"),
        ("exit 4", "It has ended"),
        ("exec yes", "It has ended"),
    ],
)
async def test_what_does_not_take_part(folder: str, script: str, said: str) -> None:
    settings = McpServer(command="/bin/sh", args=["-c", script], confine="never")
    async with reaching(folder) as reach:
        with pytest.raises(Gone, match=said):
            async with reach("x", settings, None, ignored):
                pass


async def test_one_that_is_not_there(folder: str) -> None:
    async with reaching(folder) as reach:
        for settings in (
            McpServer(command="/nowhere/x", confine="never"),
            McpServer(url="http://127.0.0.1:1/mcp"),
        ):
            with pytest.raises((Gone, FileNotFoundError)):
                async with reach("x", settings, None, ignored):
                    pass


async def test_its_end_says_why(folder: str) -> None:
    small = SmallServer(folder)
    async with reaching(folder) as reach, reach("small", small.settings(), None, ignored) as link:
        with pytest.raises(Gone):
            await link.connection.call("die", {}, ALine())
        assert await link.ended == "It ended with status 3: no more"


async def test_one_that_uses_too_much_is_ended(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triforce_daemon.mcp_client.program._LOOK_SECONDS", 0.02)
    small = SmallServer(folder)
    async with reaching(folder) as reach, reach("small", small.settings(memory_mb=32), None, ignored) as link:
        eating = asyncio.create_task(link.connection.call("eat", {"megabytes": 100}, ALine()))
        assert await link.ended == "It used too much: memory."
        eating.cancel()


async def test_a_server_is_reached_by_its_address_with_its_secret(served: ServedDaemon, folder: str) -> None:
    token = await served.token("tools", name="mount")
    url = f"{served.http.url}/v1/mcp?toolset=utilities"
    settings = McpServer(url=url, headers=["Authorization: Bearer {key}"], key="other")
    async with reaching(folder) as reach:
        async with reach("other", settings, token, ignored) as link:
            assert "calculate" in [tool["name"] for tool in await link.connection.tools()]
            told = await link.connection.call("calculate", {"expression": "6*7"}, ALine())
        assert told.value is not None and told.value["value"] == "42"
        assert link.confined is None and link.connection.protocol == "2026-07-28"
        began = time.monotonic()
        with pytest.raises(Gone):
            async with reach("other", settings, "wrong", ignored):
                pass
        assert time.monotonic() - began < 5
