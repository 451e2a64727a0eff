"""A server on a socket and a port, with an app of its own, as a process: told by words what to do."""

import asyncio
import json
import sys
from typing import Any

import uvloop

from triforce_daemon.listeners.ears import Port, ears
from triforce_daemon.listeners.limits import Limits
from triforce_daemon.listeners.serving import Listening
from triforce_daemon.listeners.tcp_port import TcpPort
from triforce_daemon.listeners.unix_socket import SocketListener
from triforce_daemon.runtime.lifecycle import Lifecycle


class App:
    """`/who` tells the caller; `/slow` sends a line every 20 ms, ten of them, or says `cut` when it is cut short."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._lifecycle = lifecycle

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/who":
            state = {name: scope["state"].get(name) for name in ("peer", "listener")}
            await send({"type": "http.response.body", "body": json.dumps(state).encode()})
        else:
            await self._slowly(send)

    async def _slowly(self, send: Any) -> None:
        cut = asyncio.Event()
        with self._lifecycle.answering(cut.set):
            for number in range(10):
                await send({"type": "http.response.body", "body": f"{number}\n".encode(), "more_body": True})
                try:
                    await asyncio.wait_for(cut.wait(), 0.02)
                except TimeoutError:
                    continue
                await send({"type": "http.response.body", "body": b"cut\n", "more_body": True})
                break
        await send({"type": "http.response.body", "body": b""})


async def main(path: str, drain_seconds: float) -> None:
    lifecycle = Lifecycle()
    http = TcpPort("http", "127.0.0.1", 0)
    with ears(SocketListener(path), Port(http, Limits())) as taken:
        listening = Listening(App(lifecycle), taken, lifecycle, drain_seconds)
        await listening.serve(lambda: print(lifecycle.state, http.port, flush=True))
    print(lifecycle.state, flush=True)


if __name__ == "__main__":
    loops = {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.new_event_loop}
    with asyncio.Runner(loop_factory=loops[sys.argv[3]]) as runner:
        runner.run(main(sys.argv[1], float(sys.argv[2])))
