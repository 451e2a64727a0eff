"""The way out, closed after the test."""

from collections.abc import AsyncIterator

import pytest

from triforce_daemon.outbound.client import Outbound


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    outbound = Outbound({})
    yield outbound
    await outbound.close()
