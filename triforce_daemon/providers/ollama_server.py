"""What an Ollama tells of itself and of its models: https://docs.ollama.com/api"""

from dataclasses import dataclass
from typing import Any

import orjson

from triforce_daemon.errors import InvalidRequest, ModelNotFound, UpstreamFailed
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.inquiry import Inquiry
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.listings import values
from triforce_daemon.providers.listings.shapes import with_ollama_details

_MODELS = 10_000
#: Characters of a template and of a licence.
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Details:
    """What a model is made of, as far as the server says it."""

    family: str | None
    parameters: str | None
    quantization: str | None


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A model that was pulled. `modified` is a moment (RFC 3339)."""

    name: str
    size: int | None
    digest: str | None
    details: Details
    modified: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    details: Details
    context: int | None
    capabilities: list[str]
    """In Ollama's words: completion, tools, vision, thinking, embedding, insert."""
    template: str
    licence: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model that is in memory. `expires` is when it will be unloaded."""

    name: str
    size_vram: int | None
    expires: str | None


@dataclass(frozen=True, slots=True)
class OllamaServer:
    """Each method raises the server's refusal, what the network came to, and UpstreamFailed for what is no answer."""

    inquiry: Inquiry
    credential: Credential

    async def version(self) -> str:
        told = await self._told("GET", "/api/version")
        return values.text(told.get("version")) or "unknown"

    async def on_disk(self) -> list[OnDisk]:
        """The models that it has, in its own order."""
        told = await self._told("GET", "/api/tags")
        return [found for one in _some(told) if (found := _on_disk(one)) is not None]

    async def loaded(self) -> list[Loaded]:
        told = await self._told("GET", "/api/ps")
        return [
            Loaded(name, _size(one.get("size_vram")), values.text(one.get("expires_at")))
            for one in _some(told)
            if (name := values.name(one.get("name"))) is not None
        ]

    async def show(self, model: str) -> Shown:
        """Raises ModelNotFound as well."""
        try:
            told = await self._told("POST", "/api/show", orjson.dumps({"model": model}))
        except InvalidRequest as error:
            if error.upstream_status != 404:
                raise
            title = self.inquiry.row.title
            raise ModelNotFound(f"{title} has no model {model}.", "`triforce tools run ollama_list`") from None
        return Shown(
            details=_details(told),
            context=with_ollama_details(Listed(model), told).context,
            capabilities=[word for one in values.words(told.get("capabilities")) if (word := values.text(one))],
            template=_long(told.get("template")),
            licence=_long(told.get("license")),
        )

    async def _told(self, method: str, path: str, content: bytes | None = None) -> values.Fields:
        body = await self.inquiry.ask(method, path, self.credential, content)
        try:
            told: Any = orjson.loads(body)
        except orjson.JSONDecodeError:
            told = None
        if not isinstance(told, dict):
            row = self.inquiry.row
            raise UpstreamFailed(
                f"{row.title} answered {path} with something that is no JSON object.",
                f"Check that an Ollama is at {row.base_url}.",
            )
        return told  # pyright: ignore[reportUnknownVariableType] - any JSON object


def _some(told: values.Fields) -> list[values.Fields]:
    return list(values.objects(told.get("models")))[:_MODELS]


def _on_disk(model: values.Fields) -> OnDisk | None:
    name = values.name(model.get("name"))
    if name is None:
        return None
    digest, modified = values.text(model.get("digest")), values.text(model.get("modified_at"))
    return OnDisk(name, _size(model.get("size")), digest, _details(model), modified)


def _details(model: values.Fields) -> Details:
    told = values.fields(model.get("details"))
    return Details(*(values.text(told.get(name)) for name in ("family", "parameter_size", "quantization_level")))


def _size(value: object) -> int | None:
    """A number of bytes; 0 is one, where a model is not in the graphics card's memory."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 60 else None


def _long(value: object) -> str:
    """A text of several lines, as long as anybody reads one."""
    return value[:_LONGEST] if isinstance(value, str) else ""
