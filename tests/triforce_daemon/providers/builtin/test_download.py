"""Downloads from servers that break off, forget, and lie."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.triforce_daemon.outbound.raw_server import serve
from tests.triforce_daemon.providers.builtin.small_wheel import WheelHost
from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.builtin.download import Download, LoginWanted

DATA = os.urandom(3_000_000)


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    outbound = Outbound({})
    yield outbound
    await outbound.close()


class Fetch:
    """One download of a host's file."""

    def __init__(self, outbound: Outbound, host: WheelHost, path: Path) -> None:
        self.outbound = outbound
        self.host = host
        self.path = path
        self.told: list[tuple[int, int | None]] = []
        self.resumed = False

    async def run(self, size: int | None = None) -> None:
        async with serve(self.host) as server:
            download = Download(self.outbound, server.url, str(self.path), self.advance, pause=0)
            try:
                await download.run(size)
            finally:
                self.resumed = download.resumed

    def advance(self, done: int, total: int | None) -> None:
        self.told.append((done, total))


async def test_the_whole_file_with_its_progress(outbound: Outbound, tmp_path: Path) -> None:
    fetch = Fetch(outbound, WheelHost(DATA), tmp_path / "part")
    await fetch.run()
    assert fetch.path.read_bytes() == DATA
    assert fetch.told[0] == (0, len(DATA))
    assert fetch.told[-1] == (len(DATA), len(DATA))
    assert len(fetch.told) > 2
    assert [done for done, _ in fetch.told] == sorted(done for done, _ in fetch.told)
    assert (fetch.host.asked, fetch.resumed) == ([""], False)


async def test_it_goes_on_after_a_cut(outbound: Outbound, tmp_path: Path) -> None:
    fetch = Fetch(outbound, WheelHost(DATA, cut_after=1_200_000, cuts=2), tmp_path / "part")
    await fetch.run()
    assert fetch.path.read_bytes() == DATA
    whole, first, second = fetch.host.asked
    # What the network still held when the connection was cut is lost, and asked for again.
    assert whole == ""
    assert 0 < int(first[6:-1]) <= 1_200_000
    assert int(first[6:-1]) < int(second[6:-1]) <= 2_400_000
    assert fetch.resumed


async def test_it_goes_on_in_a_later_life(outbound: Outbound, tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(DATA[:777])
    fetch = Fetch(outbound, WheelHost(DATA), tmp_path / "part")
    await fetch.run()
    assert fetch.path.read_bytes() == DATA
    assert fetch.host.asked == ["bytes=777-"]
    assert fetch.told[0] == (777, len(DATA))


async def test_a_server_without_ranges_starts_anew(outbound: Outbound, tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"x" * 777)
    fetch = Fetch(outbound, WheelHost(DATA, ranges=False, cut_after=5_000), tmp_path / "part")
    await fetch.run()
    assert fetch.path.read_bytes() == DATA
    assert fetch.host.asked == ["bytes=777-", "bytes=5000-"]
    assert not fetch.resumed


@pytest.mark.parametrize("size", [None, len(DATA)])
async def test_a_file_that_is_all_there_is_not_fetched(outbound: Outbound, tmp_path: Path, size: int | None) -> None:
    (tmp_path / "part").write_bytes(DATA)
    fetch = Fetch(outbound, WheelHost(DATA), tmp_path / "part")
    await fetch.run(size)
    assert fetch.path.read_bytes() == DATA
    assert fetch.told == []


async def test_a_part_that_is_longer_than_the_file_is_given_up(outbound: Outbound, tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(DATA + b"more")
    fetch = Fetch(outbound, WheelHost(DATA), tmp_path / "part")
    await fetch.run()
    assert fetch.path.read_bytes() == DATA


async def test_an_answer_that_begins_elsewhere_is_not_used(outbound: Outbound, tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(DATA[:777])
    fetch = Fetch(outbound, WheelHost(DATA, shift=5), tmp_path / "part")
    await fetch.run()
    assert fetch.path.read_bytes() == DATA
    assert fetch.host.asked == ["bytes=777-", ""]


async def test_it_gives_up_when_nothing_comes(outbound: Outbound, tmp_path: Path) -> None:
    fetch = Fetch(outbound, WheelHost(DATA, cut_after=0, cuts=99), tmp_path / "part")
    with pytest.raises(UpstreamFailed):
        await fetch.run()
    assert len(fetch.host.asked) == 3


async def test_it_gives_up_on_a_server_that_drips(outbound: Outbound, tmp_path: Path) -> None:
    fetch = Fetch(outbound, WheelHost(DATA, cut_after=1, cuts=99), tmp_path / "part")
    with pytest.raises(UpstreamFailed, match="broke off 30 times"):
        await fetch.run()
    assert fetch.path.read_bytes() == DATA[:30]


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
async def test_a_login_is_wanted(outbound: Outbound, tmp_path: Path, status: str) -> None:
    fetch = Fetch(outbound, WheelHost(DATA, status=status), tmp_path / "part")
    with pytest.raises(LoginWanted):
        await fetch.run()
    assert len(fetch.host.asked) == 1
    assert not fetch.path.exists()


async def test_the_server_has_a_bad_day(outbound: Outbound, tmp_path: Path) -> None:
    host = WheelHost(DATA, status="503 Service Unavailable")

    def recover() -> None:
        host.status = "" if len(host.asked) == 3 else host.status

    host.prepare = recover
    fetch = Fetch(outbound, host, tmp_path / "part")
    await fetch.run()
    assert fetch.path.read_bytes() == DATA


async def test_nobody_is_there(outbound: Outbound, tmp_path: Path) -> None:
    fetch = Fetch(outbound, WheelHost(DATA), tmp_path / "part")
    with pytest.raises(UpstreamFailed, match="Connection refused"):
        await Download(outbound, "http://127.0.0.1:9/x", str(fetch.path), fetch.advance, pause=0).run(None)
