"""Files with a filter are refused, by any of the repository's own attributes."""

import pytest

from tests.triforce_daemon.hostile_repository import repository
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.services.repositories.opening import opened
from triforce_daemon.errors import InvalidRequest
from triforce_daemon.services.repositories.attributes import check_filters


async def test_a_filter(served: ServedDaemon, folder: str) -> None:
    files = {".gitattributes": "*.bin filter=lfs\n*.txt filter=unknown\n", "sub/.gitattributes": "* -filter\n"}
    there = await opened(served, repository(f"{folder}/project", files))
    await check_filters(*there, ["a.py", "b.txt", "sub/c.bin", "ä\n.py"])
    await check_filters(*there, [])
    with pytest.raises(InvalidRequest, match=r"`c\.bin` goes through the filter 'lfs'"):
        await check_filters(*there, ["a.py", "c.bin"])
