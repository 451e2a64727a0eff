"""How to generate: https://ai.google.dev/api/generate-content#generationconfig"""

from typing import Any

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.canonical import OutputFormat, Request
from triforce_daemon.dialects.gemini.models import Abilities
from triforce_daemon.dialects.gemini.names import camel_mapping
from triforce_daemon.dialects.gemini.schema import to_json_schema
from triforce_daemon.dialects.gemini.thinking import read_thinking, write_thinking
from triforce_daemon.dialects.losses import Losses

_PATH = "generationConfig"
_KNOWN = frozenset(
    (
        "maxOutputTokens",
        "temperature",
        "topP",
        "topK",
        "stopSequences",
        "seed",
        "presencePenalty",
        "frequencyPenalty",
        "responseMimeType",
        "responseSchema",
        "responseJsonSchema",
        "_responseJsonSchema",
        "thinkingConfig",
    )
)
#: What says nothing that would not hold without it.
_NEUTRAL: dict[str, Any] = {"candidateCount": 1, "responseModalities": ["TEXT"]}
_JSON = "application/json"

#: More are refused.
MOST_STOPS = 5


def read_generation(body: dict[str, Any], request: Request, extras: dict[str, Any]) -> None:
    """`generationConfig`, into the request. Raises InvalidRequest."""
    config = camel_mapping(body, _PATH)
    if config is None:
        return
    request.max_tokens = fields.whole(config, "maxOutputTokens", _PATH)
    request.temperature = fields.number(config, "temperature", _PATH)
    request.top_p = fields.number(config, "topP", _PATH)
    request.top_k = fields.whole(config, "topK", _PATH)
    request.stop = fields.texts(config, "stopSequences", _PATH)
    request.seed = fields.whole(config, "seed", _PATH)
    request.presence_penalty = fields.number(config, "presencePenalty", _PATH)
    request.frequency_penalty = fields.number(config, "frequencyPenalty", _PATH)
    request.output = _read_format(config, extras)
    if (thinking := camel_mapping(config, "thinkingConfig", _PATH)) is not None:
        request.thinking = read_thinking(thinking)
    for name, value in config.items():
        if name not in _KNOWN and value is not None and not (name in _NEUTRAL and value == _NEUTRAL[name]):
            extras[f"{_PATH}.{name}"] = value


def _read_format(config: dict[str, Any], extras: dict[str, Any]) -> OutputFormat | None:
    """Three fields have held the schema, one after the other."""
    media_type = fields.text(config, "responseMimeType", _PATH)
    schema = fields.mapping(config, "responseJsonSchema", _PATH)
    if schema is None:
        schema = fields.mapping(config, "_responseJsonSchema", _PATH)
    if schema is None and (declared := fields.mapping(config, "responseSchema", _PATH)) is not None:
        schema = to_json_schema(declared)
    if media_type not in (None, _JSON, "text/plain"):
        extras[f"{_PATH}.responseMimeType"] = media_type
    if schema is not None:
        return OutputFormat(type="schema", schema=schema)
    if media_type == _JSON:
        return OutputFormat(type="json")
    return OutputFormat(type="text") if media_type == "text/plain" else None


def write_generation(request: Request, model: Abilities, losses: Losses) -> dict[str, Any]:
    """`generationConfig`; empty where nobody said anything."""
    stop = [text for text in request.stop if text]
    config: dict[str, Any] = {
        "maxOutputTokens": request.max_tokens,
        "temperature": request.temperature,
        "topP": request.top_p,
        "topK": request.top_k,
        "stopSequences": stop[:MOST_STOPS] or None,
        "seed": _seed(request, losses),
        **_penalties(request, model, losses),
    }
    if len(stop) > MOST_STOPS:
        losses.add("stop")
    written = {name: value for name, value in config.items() if value is not None}
    if request.output is not None:
        written |= _write_format(request.output)
    if request.thinking is not None and (thinking := write_thinking(request.thinking, model, losses)):
        written["thinkingConfig"] = thinking
    return written


def _seed(request: Request, losses: Losses) -> int | None:
    """A number of 32 bits."""
    if request.seed is None or -(1 << 31) <= request.seed < 1 << 31:
        return request.seed
    losses.add("seed")
    return None


def _penalties(request: Request, model: Abilities, losses: Losses) -> dict[str, float | None]:
    if model.penalties:
        return {"presencePenalty": request.presence_penalty, "frequencyPenalty": request.frequency_penalty}
    losses.where(presence_penalty=request.presence_penalty or None, frequency_penalty=request.frequency_penalty or None)
    return {}


def _write_format(output: OutputFormat) -> dict[str, Any]:
    if output["type"] == "text":
        return {"responseMimeType": "text/plain"}
    if output["type"] == "json":
        return {"responseMimeType": _JSON}
    return {"responseMimeType": _JSON, "responseJsonSchema": output.get("schema", {})}
