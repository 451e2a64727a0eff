"""The audit from the daemon's start to its end."""

import pytest

from tests.triforce_daemon.served_daemon import serve
from triforce_daemon.assemble.audit import close
from triforce_daemon.services.audit_keeper import Keeper
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.stores.audit.verification import Verification


async def test_a_chain_goes_on_where_the_daemon_before_has_ended(folder: str) -> None:
    chains: list[str] = []
    for _ in range(2):
        async with serve(folder) as served:
            await served.turn()
            await close(served.parts)
            chains.append(served.parts.get(Trail).chain.name)
    assert chains[0] == chains[1]
    async with serve(folder) as served:
        found = Verification(chains[0])
        await served.parts.get(Keeper).verify(found)
        assert (found.rows, len(found.segments), found.segments[-1]["last"]) == (4, 2, 4)


async def test_how_long_is_kept_is_a_setting(folder: str) -> None:
    async with serve(folder, audit__request_days="3", audit__change_days="0") as served:
        assert served.parts.get(Keeper).days == {
            "request": 3, "login": 180, "refusal": 90, "tool": 90, "change": 0, "daemon": 730
        }  # fmt: skip


async def test_an_end_that_cannot_be_written_is_said(folder: str, caplog: pytest.LogCaptureFixture) -> None:
    async with serve(folder) as served:
        await served.database.close()
        await close(served.parts)
        assert "the end of the audit was not written" in caplog.text
        await served.database.open()
