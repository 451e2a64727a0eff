"""A model of each list, as ours."""

from typing import Any

import pytest

from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.listings.shapes import SHAPES, with_ollama_details

CASES: list[tuple[str, dict[str, Any], Listed]] = [
    ("openai", {}, Listed("m", abilities=("chat", "tools"))),
    ("openai", {"context_window": 9, "max_completion_tokens": 3}, Listed("m", None, 9, 3, ("chat", "tools"))),
    ("openai", {"max_model_len": 9}, Listed("m", context=9, abilities=("chat", "tools"))),
    ("openai", {"meta": {"n_ctx_train": 9}}, Listed("m", context=9, abilities=("chat", "tools"))),
    ("openai", {"active": False}, Listed("m")),
    ("mistral", {"capabilities": {"completion_chat": True}}, Listed("m", abilities=("chat", "json_schema"))),
    (
        "mistral",
        {
            "capabilities": {"completion_chat": True, "function_calling": True, "vision": True, "reasoning": True},
            "max_context_length": 9,
            "deprecation": "2026-11-30T12:00:00Z",
        },
        Listed("m", None, 9, None, ("chat", "tools", "vision", "json_schema", "reasoning"), deprecated="2026-11-30"),
    ),
    ("mistral", {"capabilities": {"completion_chat": False, "vision": True}}, Listed("m")),
    (
        "openrouter",
        {
            "name": "M",
            "context_length": 9,
            "top_provider": {"max_completion_tokens": 3},
            "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
            "supported_parameters": ["tools", "structured_outputs", "reasoning"],
            "pricing": {"prompt": "0.000001", "completion": "0"},
            "expiration_date": "2027-01-01",
        },
        Listed("m", "M", 9, 3, ("chat", "tools", "vision", "json_schema", "reasoning"), "1", "0", "2027-01-01"),
    ),
    ("openrouter", {"architecture": {"output_modalities": ["image"]}}, Listed("m")),
    (
        "gemini",
        {"supportedGenerationMethods": ["generateContent"], "inputTokenLimit": 9, "displayName": "M", "thinking": True},
        Listed("m", "M", 9, None, ("chat", "tools", "vision", "json_schema", "reasoning")),
    ),
    ("gemini", {"supportedGenerationMethods": ["embedContent"]}, Listed("m", abilities=("embeddings",))),
    ("gemini", {"supportedGenerationMethods": ["predict"]}, Listed("m")),
    (
        "anthropic",
        {"display_name": "M", "max_input_tokens": 9, "max_tokens": 3},
        Listed("m", "M", 9, 3, ("chat", "tools", "vision", "json_schema")),
    ),
    (
        "anthropic",
        {"capabilities": {"thinking": {"supported": True}}, "retires_at": "2026-09-01T00:00:00Z"},
        Listed("m", abilities=("chat", "tools", "reasoning"), deprecated="2026-09-01"),
    ),
    (
        "github",
        {
            "capabilities": ["tool-calling"],
            "limits": {"max_input_tokens": 9, "max_output_tokens": 3},
            "supported_input_modalities": ["image"],
            "supported_output_modalities": ["text"],
        },
        Listed("m", None, 9, 3, ("chat", "tools", "vision")),
    ),
    ("github", {"supported_output_modalities": ["embeddings"]}, Listed("m", abilities=("embeddings",))),
    (
        "cloudflare",
        {
            "task": {"name": "Text Generation"},
            "properties": [
                {"property_id": "context_window", "value": "9"},
                {"property_id": "function_calling", "value": "true"},
                {"property_id": "planned_deprecation_date", "value": "2026-12-31"},
                {"property_id": "price", "value": [{"unit": "per M input tokens", "price": 0.35}, 7]},
                {"property_id": ["x"]},
                None,
            ],
        },
        Listed("m", None, 9, None, ("chat", "tools"), "0.35", None, "2026-12-31"),
    ),
    ("cloudflare", {"task": {"name": "Text-to-Image"}}, Listed("m")),
    (
        "ollama",
        {
            "capabilities": ["completion", "thinking"],
            "details": {"parameter_size": "3B", "context_length": 9},
            "size": 7,
        },
        Listed("m", None, 9, None, ("chat", "json_schema", "reasoning"), "0", "0", description="3B", size_bytes=7),
    ),
    ("ollama", {"remote_host": "https://ollama.com"}, Listed("m", abilities=("chat", "tools"), boundary="any")),
    ("ollama", {}, Listed("m", None, None, None, ("chat", "tools"), "0", "0")),
]


@pytest.mark.parametrize(("shape", "said", "listed"), CASES)
def test_what_each_list_tells(shape: str, said: dict[str, Any], listed: Listed) -> None:
    assert SHAPES[shape]("m", said) == listed


@pytest.mark.parametrize(
    ("name", "abilities"),
    [
        ("text-embedding-3-small", ("embeddings",)),
        ("whisper-large-v3", ()),
        ("llama-guard-4-12b", ()),
        ("playai-tts", ()),
        ("llama-3.3-70b", ("chat", "tools")),
    ],
)
def test_where_nothing_is_told_the_name_decides(name: str, abilities: tuple[str, ...]) -> None:
    assert SHAPES["openai"](name, {}).abilities == abilities


def test_an_ollama_that_is_asked_for_one_model() -> None:
    model = SHAPES["ollama"]("m", {})
    shown = {"capabilities": ["embedding"], "model_info": {"bert.context_length": 512, "general.file_type": 1}}
    told = with_ollama_details(model, shown)
    assert (told.context, told.abilities) == (512, ("embeddings",))
    assert with_ollama_details(model, None) == model
    assert with_ollama_details(model, {"capabilities": 7, "model_info": []}) == model
