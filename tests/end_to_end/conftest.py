"""What the tests with a real Apache share."""

from collections.abc import AsyncIterator

import pytest

from tests.end_to_end.apache import Front, before_a_daemon


@pytest.fixture
async def front(folder: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Front]:
    async with before_a_daemon(folder, monkeypatch) as front:
        yield front
