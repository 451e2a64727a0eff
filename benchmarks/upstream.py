"""A provider that costs next to nothing: OpenAI's chat completions from prepared bytes, on one loop.

python -m benchmarks.upstream PORT

The model's name says how much and how fast: `mock` is a whole answer, `mock-200x10` a stream of 200 words, one every
10 ms, `mock-200x0` the same as fast as it goes, each word in a write of its own.
"""

import asyncio
import re
import sys
from functools import cache
from typing import cast

import uvloop

_WORDS = ("The", " quick", " brown", " fox", " jumps", " over", " lazy", " dogs")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_MODEL = re.compile(rb'"model" ?: ?"mock(?:-(\d+)x(\d+))?"')
_ID = b'{"id":"chatcmpl-1","object":"chat.completion%s","created":1750000000,"model":"mock",'
_USAGE = b'"usage":{"prompt_tokens":19,"completion_tokens":%d,"total_tokens":%d}}'


def _answer(head: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\n%s\r\nContent-Length: %d\r\n\r\n%s" % (head, len(body), body)


_MESSAGE = b'"choices":[{"index":0,"message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}],'
WHOLE = _answer(
    b"Content-Type: application/json",
    _ID % b"" + _MESSAGE % ("".join(_WORDS) * 12).encode() + _USAGE % (96, 115),
)
_NAMES = (b"mock", b"mock-200x0", b"mock-200x10", b"mock-20x1")
MODELS = _answer(
    b"Content-Type: application/json",
    b'{"object":"list","data":[%s]}' % b",".join(b'{"id":"%s","object":"model"}' % name for name in _NAMES),
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
LAST = b"0\r\n\r\n"


def _event(data: bytes) -> bytes:
    event = b"data: " + data + b"\n\n"
    return b"%x\r\n%s\r\n" % (len(event), event)


@cache
def events(words: int) -> list[bytes]:
    """The stream, an HTTP chunk each; the last holds all that follows the last word."""
    choice = b'"choices":[{"index":0,"delta":{"content":"%s"},"finish_reason":null}]}'
    said = [_event(_ID % b".chunk" + choice % _WORDS[place % 8].encode()) for place in range(words)]
    stop = _event(_ID % b".chunk" + b'"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}')
    usage = _event(_ID % b".chunk" + b'"choices":[],' + _USAGE % (words, words + 19))
    return [*said, stop + usage + _event(b"[DONE]") + LAST]


class Serving(asyncio.Protocol):
    def __init__(self) -> None:
        self._received = b""
        self._running: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._running is not None:
            self._running.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(b"\r\n\r\n")
        if head < 0:
            return
        length = _LENGTH.search(self._received, 0, head + 2)
        if len(self._received) < head + 4 + (int(length[1]) if length else 0):
            return
        request, self._received = self._received, b""
        self._answer(request)

    def _answer(self, request: bytes) -> None:
        asked = _MODEL.search(request)
        if request.startswith(b"GET"):
            self._transport.write(MODELS)
        elif asked is None or asked[1] is None:
            self._transport.write(WHOLE)
        else:
            self._running = asyncio.create_task(self._stream(events(int(asked[1])), int(asked[2]) / 1_000))

    async def _stream(self, pieces: list[bytes], pause: float) -> None:
        """By the clock, so that a late word does not make the next one later."""
        loop = asyncio.get_running_loop()
        self._transport.write(HEAD)
        if not pause:
            for piece in pieces:
                self._transport.write(piece)
                await asyncio.sleep(0)
            return
        due = loop.time()
        for piece in pieces:
            self._transport.write(piece)
            due += pause
            await asyncio.sleep(due - loop.time())


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Serving, "127.0.0.1", port, backlog=1_024)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(int(sys.argv[1])))
