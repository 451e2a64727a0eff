"""A model file of a few kilobytes, the wheel that holds it, and a package index that offers it."""

import asyncio
import hashlib
import io
import os
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.triforce_daemon.outbound.raw_server import Exchange, answer
from triforce_daemon.providers.builtin.index import Wheel
from triforce_daemon.providers.builtin.source import ModelSource

Value = int | str | list[str]


def gguf(values: dict[str, Value], filler: bytes = b"") -> bytes:
    """A GGUF file of version 3 with these keys."""
    body = b"".join(_text(key) + _value(value) for key, value in values.items())
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(values)) + body + filler


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: Value) -> bytes:
    match value:
        case int():
            return struct.pack("<II", 4, value)
        case str():
            return struct.pack("<I", 8) + _text(value)
        case list():
            return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(_text, value))


#: A header that is right, and weights that mean nothing.
MODEL = gguf(
    {"general.architecture": "llama", "general.name": "Tiny", "llama.context_length": 512}, bytes(range(256)) * 2_000
)

SOURCE = ModelSource(
    name="tiny",
    description="A tiny model.",
    requirement="tiny-model==1.0",
    package="tiny_model_that_is_not_installed",
    member="tiny_model/Tiny.Q4.gguf",
    licence="tiny_model-1.0.dist-info/LICENSE",
    wheel_size=10_000,
    size=len(MODEL),
    sha256=hashlib.sha256(MODEL).hexdigest(),
    repeat_penalty=1.3,
    answer_tokens=77,
)


def wheel(model: bytes = MODEL, *, compression: int = zipfile.ZIP_STORED) -> bytes:
    """A wheel that package tools accept, with `model` inside."""
    metadata = "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n"
    tags = "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        archive.writestr(SOURCE.member, model)
        archive.writestr(SOURCE.licence, "Do what you like.\n")
        archive.writestr("tiny_model-1.0.dist-info/METADATA", metadata)
        archive.writestr("tiny_model-1.0.dist-info/WHEEL", tags)
        archive.writestr("tiny_model-1.0.dist-info/RECORD", "")
    return buffer.getvalue()


@dataclass(slots=True)
class WheelHost:
    """Answers for a file, as servers do, and worse."""

    data: bytes
    ranges: bool = True
    cut_after: int | None = None
    """Break off after this many bytes of an answer, as often as `cuts` says."""
    cuts: int = 1
    hold: bool = False
    """Fall silent instead of breaking off."""
    then_nothing: bool = False
    """After the cut, answer with an error."""
    status: str = ""
    shift: int = 0
    """Begin the answer to a Range this much later than was asked for."""
    asked: list[str] = field(default_factory=list[str])
    """The Range headers that came, empty for none."""
    prepare: Callable[[], None] | None = None

    async def __call__(self, exchange: Exchange) -> None:
        wanted = _header(exchange.head, b"range")
        self.asked.append(wanted)
        if self.prepare is not None:
            self.prepare()
        if self.status:
            return await exchange.send(answer(b"no", status=self.status))
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.ranges else 0
        start += self.shift if start else 0
        if start >= len(self.data):
            headers = f"Content-Range: bytes */{len(self.data)}"
            return await exchange.send(answer(b"", headers, status="416 Range Not Satisfiable"))
        await self._send(exchange, start)

    async def _send(self, exchange: Exchange, start: int) -> None:
        rest = self.data[start:]
        span = f"Content-Range: bytes {start}-{len(self.data) - 1}/{len(self.data)}"
        whole = answer(rest, span, status="206 Partial Content") if start else answer(rest)
        if self.cut_after is not None and self.cuts > 0:
            self.cuts -= 1
            await exchange.send(whole[: len(whole) - len(rest) + self.cut_after])
            if self.then_nothing:
                self.status = "503 Service Unavailable"
            if self.hold:
                return await exchange.gone()
            exchange.writer.close()
        else:
            await exchange.send(whole)


@dataclass(slots=True)
class Index:
    """A package index (PEP 503) in front of a wheel host."""

    host: WheelHost
    login: str = ""
    """The Authorization header that it wants."""

    async def __call__(self, exchange: Exchange) -> None:
        path = exchange.head.split(b" ", 2)[1].decode()
        if self.login and _header(exchange.head, b"authorization") != self.login:
            challenge = 'WWW-Authenticate: Basic realm="index"'
            return await exchange.send(answer(b"who?", challenge, status="401 Unauthorized"))
        if path.endswith(".whl"):
            return await self.host(exchange)
        if path.rstrip("/").endswith("/tiny-model"):
            name, digest = "tiny_model-1.0-py3-none-any.whl", hashlib.sha256(self.host.data).hexdigest()
            page = f'<!DOCTYPE html><html><body><a href="../../files/{name}#sha256={digest}">{name}</a></body></html>'
            return await exchange.send(answer(page.encode(), "Content-Type: text/html"))
        return await exchange.send(answer(b"none", status="404 Not Found"))


@dataclass(slots=True)
class Located:
    """Package tools that answer at once."""

    wheel: Wheel
    own_download: bytes | None = None
    asked: int = 0

    async def locate(self, source: ModelSource) -> Wheel:
        self.asked += 1
        return self.wheel

    async def download(self, source: ModelSource, folder: str) -> str | None:
        if self.own_download is None:
            return None
        path = os.path.join(folder, "tiny.whl")
        await asyncio.to_thread(Path(path).write_bytes, self.own_download)
        return path


def _header(head: bytes, name: bytes) -> str:
    for line in head.split(b"\r\n"):
        key, _, value = line.partition(b":")
        if key.lower() == name:
            return value.strip().decode()
    return ""
