"""The official client, connected to a daemon of the test over its http listener."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from tests.triforce_daemon.mcp_server import conformance_shelf, conformance_tools
from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.mcp_client.offered_parameters import OfferedParameters
from triforce_daemon.mcp_server.shelf import Shelf
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.declaration import tools_of
from triforce_daemon.toolbox.entry import bind

#: Both revisions, as the client calls them.
REVISIONS = ("legacy", "2026-07-28")


@asynccontextmanager
async def connected(
    served: ServedDaemon, token: str, revision: Any = "2026-07-28", query: str = "", **options: Any
) -> AsyncIterator[Client]:
    headers = {"authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        transport = streamable_http_client(f"{served.http.url}/v1/mcp{query}", http_client=http)
        async with Client(transport, mode=revision, **options) as client:
            yield client


def mount_fixtures(served: ServedDaemon) -> None:
    """What the conformance suite calls by name, beside the daemon's own tools."""
    catalog = served.parts.get(Catalog)
    for function in tools_of(conformance_tools):
        if function is conformance_tools.takes_anything:
            continue
        catalog.add(bind(function, {}.__getitem__))
    for name, schema in conformance_tools.SCHEMAS.items():
        takes = OfferedParameters(schema, None)
        catalog.add(replace(bind(conformance_tools.takes_anything, {}.__getitem__), name=name, signature=takes))
    shelf = served.parts.get(Shelf)
    shelf.resources.append(conformance_shelf.Resources())
    shelf.prompts.append(conformance_shelf.Prompts())
