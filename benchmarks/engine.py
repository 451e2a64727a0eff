"""The engine alone: started by the daemon's own code with the daemon's own settings, and asked on its own socket."""

import http.client
import json
import os
import socket
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.builtin.provider import Builtin
from triforce_daemon.providers.builtin.source import SMOLLM2
from triforce_daemon.providers.credential import NO_KEY
from triforce_daemon.providers.provider import Address
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.settings import Builtin as Settings
from triforce_daemon.wire.paths import data_folder


@asynccontextmanager
async def running_engine(folder: str) -> AsyncGenerator[Address]:
    """Where an engine answers that has loaded the embedded model; its socket lies in `folder`."""
    outbound, tasks = Outbound(os.environ), Tasks()
    builtin = Builtin(
        Settings(),
        models_folder=os.path.join(data_folder(os.environ), "models"),
        run_folder=folder,
        outbound=outbound,
        tasks=tasks,
        environ=os.environ,
        keep_secret=lambda _: None,
    )
    try:
        async with builtin.reach(SMOLLM2.name, NO_KEY, lambda _: None) as address:
            yield address
    finally:
        await builtin.close()
        await tasks.stop()
        await outbound.close()


def stream(address: Address, prompt: str, tokens: int) -> Iterator[dict[str, Any]]:
    """The events of one answer."""
    connection = http.client.HTTPConnection("engine")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(address.unix_socket or "")
    body = {
        "messages": [{"role": "user", "content": prompt}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": tokens,
        "temperature": 0,
        "seed": 1,
    }
    headers = {"content-type": "application/json", **address.headers}
    connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
    with connection.getresponse() as response:
        for line in response:
            if line.startswith(b"data: {"):
                yield json.loads(line[6:])
    connection.close()
