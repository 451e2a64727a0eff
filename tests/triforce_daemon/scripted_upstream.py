"""A real HTTP server that speaks OpenAI's chat as a provider does, word by word as the test tells it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Step = tuple[str, object]


def words(*text: str, finish: str = "stop", usage: tuple[int, int] | None = (3, 2)) -> list[Step]:
    """An ordinary answer."""
    steps: list[Step] = [("say", word) for word in text]
    steps.append(("finish", finish))
    if usage:
        steps.append(("usage", usage))
    return [*steps, ("done", None)]


@dataclass
class ScriptedUpstream:
    """`script` is what it answers next; `requests` what it was sent; `hung_up` how often a client left early."""

    script: list[Step] = field(default_factory=lambda: words("Hello", " there"))
    requests: list[dict] = field(default_factory=list)
    headers: list[dict] = field(default_factory=list)
    hung_up: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @asynccontextmanager
    async def serve(self) -> AsyncIterator["ScriptedUpstream"]:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_post("/v1/chat/completions", self._chat)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        self.headers.append(dict(request.headers))
        script = list(self.script)
        if script[0][0] == "status":
            status, error = script[0][1]
            return web.json_response({"error": error}, status=status)
        if not body.get("stream"):
            return await self._whole(body, script)
        try:
            return await self._stream(request, script)
        except (asyncio.CancelledError, ConnectionResetError):
            self.hung_up += 1
            raise

    async def _whole(self, body: dict, script: list[Step]) -> web.Response:
        await asyncio.sleep(sum(value for kind, value in script if kind == "wait"))
        text = "".join(str(value) for kind, value in script if kind == "say")
        usage = next((value for kind, value in script if kind == "usage"), None)
        answer = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        }
        if usage:
            answer["usage"] = _usage(usage)
        return web.json_response(answer)

    async def _stream(self, request: web.Request, script: list[Step]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        for kind, value in script:
            if kind == "wait":
                await asyncio.sleep(value)
            elif kind == "cut":
                request.transport.abort()
            elif kind == "raw":
                await response.write(value)
            else:
                await response.write(_event(kind, value))
        return response


def _event(kind: str, value: object) -> bytes:
    if kind == "done":
        return b"data: [DONE]\n\n"
    chunk: dict = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
    if kind == "usage":
        return _sse({**chunk, "choices": [], "usage": _usage(value)})
    delta = {"content": value} if kind == "say" else {}
    reason = value if kind == "finish" else None
    return _sse({**chunk, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})


def _sse(chunk: dict) -> bytes:
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def _usage(value: tuple[int, int]) -> dict:
    return {"prompt_tokens": value[0], "completion_tokens": value[1], "total_tokens": sum(value)}
