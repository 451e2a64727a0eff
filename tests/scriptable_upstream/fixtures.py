"""Fixtures for tests; a conftest.py takes them with `pytest_plugins` or by importing their names."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.scriptable_upstream.process import RemoteUpstream, run_upstream
from tests.scriptable_upstream.server import serve
from tests.scriptable_upstream.upstream import Upstream


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """An upstream in the test's own loop."""
    async with serve() as running:
        yield running


@pytest.fixture
def upstream_process() -> Iterator[RemoteUpstream]:
    """An upstream in a process of its own."""
    with run_upstream() as running:
        yield running
