"""One model of each shape of list, as ours."""

from collections.abc import Callable
from dataclasses import replace

from triforce_daemon.providers.listed import Ability, Listed
from triforce_daemon.providers.listings.values import Fields, count, date, dollars, fields, objects, text, words

#: The model of that name by what its list says of it; without abilities where it is of no use to triforce.
Shape = Callable[[str, Fields], Listed]

#: What the names of models say that neither chat nor embed, where the list says nothing of it.
_SILENT = ("whisper", "tts", "guard", "orpheus", "playai", "dall-e", "moderation", "transcribe", "realtime", "sora")


def openai(name: str, model: Fields) -> Listed:
    """OpenAI's own, which tells next to nothing, and what Groq, vLLM, llama.cpp, LM Studio and others add to it."""
    meta = fields(model.get("meta"))
    return Listed(
        name=name,
        title=text(model.get("name")),
        context=count(
            model.get("context_window"),
            model.get("context_length"),
            model.get("max_context_length"),
            model.get("max_model_len"),
            meta.get("n_ctx"),
            meta.get("n_ctx_train"),
        ),
        max_output=count(model.get("max_completion_tokens")),
        abilities=() if model.get("active") is False else _guessed(name),
    )


def mistral(name: str, model: Fields) -> Listed:
    """https://docs.mistral.ai/api/endpoint/models"""
    can = fields(model.get("capabilities"))
    chat = can.get("completion_chat") is True
    return Listed(
        name=name,
        context=count(model.get("max_context_length")),
        abilities=_abilities(
            chat=chat,
            tools=chat and can.get("function_calling") is True,
            vision=chat and can.get("vision") is True,
            json_schema=chat,
            reasoning=chat and can.get("reasoning") is True,
            embeddings="embed" in name,
        ),
        deprecated=date(model.get("deprecation")),
        description=text(model.get("description")),
    )


def openrouter(name: str, model: Fields) -> Listed:
    """https://openrouter.ai/docs/api-reference/list-available-models"""
    architecture, price = fields(model.get("architecture")), fields(model.get("pricing"))
    takes, gives = words(architecture.get("input_modalities")), words(architecture.get("output_modalities"))
    supported = words(model.get("supported_parameters"))
    chat = "text" in gives or not gives
    return Listed(
        name=name,
        title=text(model.get("name")),
        context=count(model.get("context_length")),
        max_output=count(fields(model.get("top_provider")).get("max_completion_tokens")),
        abilities=_abilities(
            chat=chat,
            tools=chat and "tools" in supported,
            vision=chat and "image" in takes,
            json_schema=chat and "structured_outputs" in supported,
            reasoning=chat and "reasoning" in supported,
            embeddings="embeddings" in gives,
        ),
        price_in=dollars(price.get("prompt")),
        price_out=dollars(price.get("completion")),
        price_cached=dollars(price.get("input_cache_read")),
        price_cache_write=dollars(price.get("input_cache_write")),
        deprecated=date(model.get("expiration_date")),
        description=text(model.get("description")),
    )


def gemini(name: str, model: Fields) -> Listed:
    """https://ai.google.dev/api/models"""
    methods = words(model.get("supportedGenerationMethods"))
    chat = "generateContent" in methods
    return Listed(
        name=name,
        title=text(model.get("displayName")),
        context=count(model.get("inputTokenLimit")),
        max_output=count(model.get("outputTokenLimit")),
        abilities=_abilities(
            chat=chat,
            tools=chat,
            vision=chat,
            json_schema=chat,
            reasoning=chat and model.get("thinking") is True,
            embeddings="embedContent" in methods,
        ),
        description=text(model.get("description")),
    )


def anthropic(name: str, model: Fields) -> Listed:
    """https://docs.claude.com/en/api/models-list; older versions tell no more than the name."""
    told = fields(model.get("capabilities"))

    def can(ability: str) -> bool:
        return not told or fields(told.get(ability)).get("supported") is True

    return Listed(
        name=name,
        title=text(model.get("display_name")),
        context=count(model.get("max_input_tokens")),
        max_output=count(model.get("max_tokens")),
        abilities=_abilities(
            chat=True,
            tools=True,
            vision=can("image_input"),
            json_schema=can("structured_outputs"),
            reasoning=bool(told) and can("thinking"),
        ),
        deprecated=date(model.get("retires_at")),
    )


def github(name: str, model: Fields) -> Listed:
    """https://docs.github.com/en/rest/models/catalog"""
    limits, can = fields(model.get("limits")), words(model.get("capabilities"))
    gives = words(model.get("supported_output_modalities"))
    chat = "text" in gives or not gives
    return Listed(
        name=name,
        title=text(model.get("name")),
        context=count(limits.get("max_input_tokens")),
        max_output=count(limits.get("max_output_tokens")),
        abilities=_abilities(
            chat=chat,
            tools=chat and "tool-calling" in can,
            vision=chat and "image" in words(model.get("supported_input_modalities")),
            reasoning=chat and "reasoning" in can,
            embeddings="embeddings" in gives,
        ),
        description=text(model.get("summary")),
    )


def cloudflare(name: str, model: Fields) -> Listed:
    """https://developers.cloudflare.com/api/resources/ai/subresources/models/methods/list/"""
    told = {
        said["property_id"]: said.get("value")
        for said in objects(model.get("properties"))
        if isinstance(said.get("property_id"), str)
    }
    prices = {str(price.get("unit")): price.get("price") for price in objects(told.get("price"))}
    task = fields(model.get("task")).get("name")
    chat = task == "Text Generation"
    return Listed(
        name=name,
        context=count(told.get("context_window")),
        abilities=_abilities(
            chat=chat,
            tools=chat and told.get("function_calling") == "true",
            vision=chat and told.get("vision") == "true",
            reasoning=chat and told.get("reasoning") == "true",
            embeddings=task == "Text Embeddings",
        ),
        price_in=dollars(prices.get("per M input tokens"), 1_000_000),
        price_out=dollars(prices.get("per M output tokens"), 1_000_000),
        deprecated=date(told.get("planned_deprecation_date")),
        description=text(model.get("description")),
    )


def ollama(name: str, model: Fields) -> Listed:
    """https://docs.ollama.com/api/tags; versions that tell no abilities are asked for each model by itself."""
    told = words(model.get("capabilities"))
    details = fields(model.get("details"))
    size = " ".join(words([details.get("parameter_size"), details.get("quantization_level")]))
    elsewhere = bool(model.get("remote_host") or model.get("remote_model")) or name.endswith((":cloud", "-cloud"))
    return Listed(
        name=name,
        context=count(details.get("context_length")),
        abilities=ollama_abilities(told) if "capabilities" in model else _guessed(name),
        price_in=None if elsewhere else "0",
        price_out=None if elsewhere else "0",
        boundary="any" if elsewhere else None,
        description=text(size),
        size_bytes=count(model.get("size")),
    )


def with_ollama_details(model: Listed, shown: object) -> Listed:
    """The model with what `POST /api/show` tells of it. https://docs.ollama.com/api-reference/show-model-details"""
    told = fields(shown)
    lengths = (value for key, value in fields(told.get("model_info")).items() if key.endswith(".context_length"))
    found = ollama_abilities(words(told.get("capabilities")))
    return replace(model, context=model.context or count(*lengths), abilities=found or model.abilities)


def ollama_abilities(told: list[str]) -> tuple[Ability, ...]:
    return _abilities(
        chat="completion" in told,
        tools="tools" in told,
        vision="vision" in told,
        json_schema="completion" in told,
        reasoning="thinking" in told,
        embeddings="embedding" in told,
    )


SHAPES: dict[str, Shape] = {
    "openai": openai,
    "mistral": mistral,
    "openrouter": openrouter,
    "gemini": gemini,
    "anthropic": anthropic,
    "github": github,
    "cloudflare": cloudflare,
    "ollama": ollama,
}


def _abilities(**found: bool) -> tuple[Ability, ...]:
    order: tuple[Ability, ...] = ("chat", "tools", "vision", "json_schema", "reasoning", "embeddings")
    return tuple(ability for ability in order if found.get(ability))


def _guessed(name: str) -> tuple[Ability, ...]:
    """A bare list tells nothing of what a model does; the names of those that do not chat give themselves away."""
    lowered = name.lower()
    if "embed" in lowered:
        return ("embeddings",)
    return () if any(word in lowered for word in _SILENT) else ("chat", "tools")
