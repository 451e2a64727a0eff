"""The engine alone: started as the daemon starts it, with the same settings, and asked on its own socket."""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

from triforce_daemon.providers.builtin.engine import Order

KEY = "benchmark"


@contextmanager
def running_engine(model: str, folder: str, threads: int, batch_threads: int) -> Generator[str]:
    """The socket of an engine that has loaded the file `model`."""
    path = os.path.join(folder, "engine.sock")
    order = Order(
        path=model,
        name="model",
        socket=path,
        key=KEY,
        context=4_096,
        parallel=2,
        threads=threads,
        batch_threads=batch_threads,
        temperature=0.2,
    )
    environ = os.environ | {"OMP_WAIT_POLICY": "PASSIVE"}
    command = [sys.executable, "-m", "triforce_daemon.providers.builtin.engine"]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environ, **pipes) as process:
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.flush()
        said = json.loads(process.stdout.readline())
        if said["event"] != "ready":
            raise SystemExit(f"The engine did not start: {said}")
        try:
            yield path
        finally:
            # It ends with its standard input.
            process.stdin.close()


def stream(path: str, prompt: str, tokens: int) -> Iterator[dict[str, Any]]:
    """The events of one answer."""
    connection = http.client.HTTPConnection("engine")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(path)
    body = {
        "messages": [{"role": "user", "content": prompt}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": tokens,
        "temperature": 0,
        "seed": 1,
    }
    headers = {"content-type": "application/json", "authorization": f"Bearer {KEY}", "connection": "close"}
    connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
    with connection.getresponse() as response:
        for line in response:
            if line.startswith(b"data: {"):
                yield json.loads(line[6:])
    connection.close()
