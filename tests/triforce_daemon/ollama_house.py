"""The daemon with an Ollama that the scriptable upstream plays, and a second one under another name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.scriptable_upstream.server import serve as serve_upstream
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.dialects.all import by_name
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.catalog import row_of
from triforce_daemon.providers.remote import Remote
from triforce_daemon.settings import Provider


@asynccontextmanager
async def with_ollama(
    folder: str, *, enabled: bool = True, url: str | None = None, **flags: str
) -> AsyncIterator[ServedDaemon]:
    """`url`: where the first one is instead; the second is called `box`."""
    async with serve_upstream() as upstream:
        played = upstream.base_url("ollama")

        def others(outbound: Outbound) -> list[Remote]:
            settings = {
                "ollama": Provider(base_url=url or played, enabled=enabled),
                "box": Provider(base_url=played, dialect="ollama", enabled=enabled),
            }
            rows = [row_of(name, told, {}) for name, told in settings.items()]
            return [Remote(row, lambda _: (), by_name(), outbound) for row in rows]

        async with serve(folder, others, upstream, **flags) as served:
            yield served
