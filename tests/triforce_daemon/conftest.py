"""The daemon in the test's own loop."""

from collections.abc import AsyncIterator

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon, serve


@pytest.fixture
async def served(folder: str) -> AsyncIterator[ServedDaemon]:
    """A daemon with a scripted provider, on a real socket."""
    async with serve(folder) as daemon:
        yield daemon
