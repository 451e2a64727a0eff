"""What was used: https://ai.google.dev/api/generate-content#UsageMetadata"""

from typing import Any

from triforce_daemon.dialects.canonical import Usage
from triforce_daemon.dialects.figures import count, details


def read_usage(body: dict[str, Any]) -> Usage | None:
    """The usage of an answer or a chunk; None where it carries none."""
    figures = details(body, "usageMetadata")
    if not figures:
        return None
    thought, cached = count(figures, "thoughtsTokenCount"), count(figures, "cachedContentTokenCount")
    usage = Usage(
        input_tokens=count(figures, "promptTokenCount") + count(figures, "toolUsePromptTokenCount"),
        output_tokens=count(figures, "candidatesTokenCount") + thought,
    )
    if cached:
        usage["cached_tokens"] = cached
    if thought:
        usage["reasoning_tokens"] = thought
    return usage


def write_usage(usage: Usage) -> dict[str, Any]:
    thought = usage.get("reasoning_tokens", 0)
    figures: dict[str, Any] = {
        "promptTokenCount": usage["input_tokens"],
        "candidatesTokenCount": max(usage["output_tokens"] - thought, 0),
        "totalTokenCount": usage["input_tokens"] + usage["output_tokens"],
    }
    if thought:
        figures["thoughtsTokenCount"] = thought
    if "cached_tokens" in usage:
        figures["cachedContentTokenCount"] = usage["cached_tokens"]
    return figures
