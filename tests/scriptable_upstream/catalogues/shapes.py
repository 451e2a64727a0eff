"""A model as each provider's own list shows it."""

import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.scriptable_upstream.catalogues.table import Model, dollars_each

Fields = dict[str, Any]

YEAR = 365 * 86400
FIRST = 1_700_000_000


def born(model: Model) -> int:
    """When it appeared: made up, but always the same."""
    return FIRST + zlib.crc32(model.name.encode()) % (2 * YEAR)


def title(model: Model) -> str:
    return model.name.rpartition("/")[2].replace("-", " ").replace(":", " ").title()


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def openai(model: Model) -> Fields:
    owner = "system" if model.vendor in ("openai", "-") else model.vendor
    return {"id": model.name, "object": "model", "created": born(model), "owned_by": owner}


def groq(model: Model) -> Fields:
    limits = {"context_window": model.context, "public_apps": None, "max_completion_tokens": model.output}
    return {**openai(model), "owned_by": model.vendor.replace("-", " "), "active": True, **limits}


def cerebras(model: Model) -> Fields:
    return {**openai(model), "owned_by": model.vendor}


def mistral(model: Model) -> Fields:
    chat = "c" not in model.flags
    has = {name: flag in model.flags for name, flag in (("fim", "f"), ("tune", "u"), ("ocr", "o"), ("mod", "m"))}
    return {
        "id": model.name,
        "object": "model",
        "created": born(model),
        "owned_by": "mistralai",
        "capabilities": {
            "completion_chat": chat,
            "function_calling": "t" in model.flags,
            "reasoning": "r" in model.flags,
            "completion_fim": has["fim"],
            "fine_tuning": has["tune"],
            "vision": "v" in model.flags,
            "ocr": has["ocr"],
            "classification": has["mod"],
            "moderation": has["mod"],
            "audio": "a" in model.flags,
        },
        "name": model.name,
        "description": f"Official {model.name} Mistral AI model",
        "max_context_length": model.context,
        "aliases": [],
        "deprecation": "2026-11-30T12:00:00Z" if "d" in model.flags else None,
        "deprecation_replacement_model": "mistral-small-latest" if "d" in model.flags else None,
        "default_model_temperature": 0.3 if chat else None,
        "type": "base",
    }


TOKENIZERS = {"openai": "GPT", "anthropic": "Claude", "google": "Gemini", "qwen": "Qwen3", "deepseek": "DeepSeek"}


def openrouter(model: Model) -> Fields:
    takes = ["text", *(["image"] if "v" in model.flags else []), *(["audio"] if "a" in model.flags else [])]
    gives = ["text", *(["image"] if "-image" in model.name else [])]
    price = {"prompt": dollars_each(model.input_price), "completion": dollars_each(model.output_price)}
    if "r" in model.flags and not model.free:
        price["input_cache_read"] = dollars_each(model.input_price / 10)
    return {
        "id": model.id,
        "canonical_slug": model.id.partition(":")[0],
        "hugging_face_id": "",
        "name": f"{model.vendor.title()}: {title(model)}",
        "created": born(model),
        "description": f"{title(model)} by {model.vendor}.",
        "context_length": model.context,
        "architecture": {
            "modality": f"{'+'.join(takes)}->{'+'.join(gives)}",
            "input_modalities": takes,
            "output_modalities": gives,
            "tokenizer": TOKENIZERS.get(model.vendor, "Other"),
            "instruct_type": None,
        },
        "pricing": price,
        "top_provider": {
            "context_length": model.context,
            "max_completion_tokens": model.output,
            "is_moderated": model.vendor == "openai",
        },
        "per_request_limits": None,
        "supported_parameters": _parameters(model),
        "default_parameters": {},
        "expiration_date": None,
    }


def _parameters(model: Model) -> list[str]:
    named = {"t": ("tool_choice", "tools"), "r": ("include_reasoning", "reasoning"), "j": ("structured_outputs",)}
    extra = [name for flag, names in named.items() if flag in model.flags for name in names]
    return sorted(["max_tokens", "response_format", "seed", "stop", "temperature", "top_p", *extra])


def github(model: Model) -> Fields:
    tier = {"h": "high", "l": "low", "c": "custom"}
    takes = ["text", *(["image"] if "v" in model.flags else []), *(["audio"] if "a" in model.flags else [])]
    abilities = {"t": "tool-calling", "r": "reasoning"}
    chat = "e" not in model.flags
    return {
        "id": model.id,
        "name": title(model),
        "publisher": model.vendor.replace("-", " ").title(),
        "registry": "azure-openai" if model.vendor == "openai" else f"azureml-{model.vendor}",
        "summary": f"{title(model)} by {model.vendor}",
        "html_url": f"https://github.com/marketplace/models/{model.id}",
        "version": "1",
        "capabilities": [*(["streaming"] if chat else []), *(abilities[flag] for flag in "tr" if flag in model.flags)],
        "limits": {"max_input_tokens": model.context, "max_output_tokens": model.output if chat else None},
        "rate_limit_tier": next(word for flag, word in tier.items() if flag in model.flags) if chat else "embeddings",
        "supported_input_modalities": takes,
        "supported_output_modalities": ["text" if chat else "embeddings"],
        "tags": ["multipurpose"],
    }


def cloudflare(model: Model) -> Fields:
    task = model.vendor.replace("-", " ")
    properties: list[Fields] = []
    if "b" in model.flags:
        properties.append({"property_id": "beta", "value": "true"})
    if model.context > 1:
        properties.append({"property_id": "context_window", "value": str(model.context)})
    prices = (("per M input tokens", model.input_price), ("per M output tokens", model.output_price))
    priced = [{"unit": unit, "price": price, "currency": "USD"} for unit, price in prices if price]
    if priced:
        properties.append({"property_id": "price", "value": priced})
    named = {"t": "function_calling", "r": "reasoning", "v": "vision"}
    properties += [{"property_id": name, "value": "true"} for flag, name in named.items() if flag in model.flags]
    if "d" in model.flags:
        properties.append({"property_id": "planned_deprecation_date", "value": "2026-12-31"})
    number = zlib.crc32(model.name.encode())
    return {
        "id": f"{number:08x}-0000-4000-8000-{number:012x}",
        "source": 1,
        "name": model.name,
        "description": f"{title(model)} on Workers AI",
        "task": {"id": f"{zlib.crc32(task.encode()):08x}-1111-4000-8000-000000000000", "name": task, "description": ""},
        "created_at": _date(born(model)).replace("T", " ").replace("Z", ".000"),
        "tags": [],
        "properties": properties,
    }


METHODS = {
    "e": ["embedContent", "countTextTokens", "countTokens", "asyncBatchEmbedContent"],
    "s": ["countTokens", "bidiGenerateContent"],
    "p": ["predict"],
    "l": ["predictLongRunning"],
    "q": ["generateAnswer"],
}


def gemini(model: Model) -> Fields:
    special = next((METHODS[flag] for flag in METHODS if flag in model.flags), None)
    card: Fields = {
        "name": f"models/{model.name}",
        "version": "001",
        "displayName": title(model),
        "description": f"{title(model)} by Google.",
        "inputTokenLimit": model.context,
        "outputTokenLimit": model.output,
        "supportedGenerationMethods": special
        or ["generateContent", "countTokens", "createCachedContent", "batchGenerateContent"],
    }
    if special is None:
        card |= {"temperature": 1, "topP": 0.95, "topK": 64, "maxTemperature": 2}
    return card | {"thinking": True} if "r" in model.flags else card


def anthropic(model: Model) -> Fields:
    lifecycle = "retired" if "x" in model.flags else "deprecated" if "d" in model.flags else "active"
    gone = lifecycle != "active"
    return {
        "type": "model",
        "id": model.name,
        "display_name": title(model),
        "created_at": _date(born(model)),
        "max_input_tokens": model.context,
        "max_tokens": model.output,
        "capabilities": _anthropic_capabilities(model),
        "lifecycle": lifecycle,
        "line": model.vendor,
        "deprecated_at": "2026-03-01T00:00:00Z" if gone else None,
        "retires_at": ("2026-09-01T00:00:00Z" if lifecycle == "retired" else "2027-03-01T00:00:00Z") if gone else None,
    }


def _anthropic_capabilities(model: Model) -> Fields:
    def supported(flag: str) -> Fields:
        return {"supported": not flag or flag in model.flags}

    return {
        "batch": supported(""),
        "citations": supported("t"),
        "code_execution": supported("r"),
        "context_management": supported("r"),
        "effort": {**supported("a"), **{level: supported("a") for level in ("low", "medium", "high", "xhigh", "max")}},
        "image_input": supported("v"),
        "pdf_input": supported("v"),
        "server_tools": {**supported("r"), "code_execution": supported("r"), "web_search": supported("r")},
        "structured_outputs": supported("j"),
        "thinking": {
            **supported("r"),
            "types": {
                "adaptive": supported("a"),
                "between_tools": supported("a"),
                "disabled": supported(""),
                "enabled": supported("r"),
            },
        },
    }


SHAPES: dict[str, Callable[[Model], Fields]] = {
    "openai": openai,
    "compatible": openai,
    "groq": groq,
    "cerebras": cerebras,
    "mistral": mistral,
    "openrouter": openrouter,
    "github": github,
    "cloudflare": cloudflare,
    "gemini": gemini,
    "anthropic": anthropic,
}
