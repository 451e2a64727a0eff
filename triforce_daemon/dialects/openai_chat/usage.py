"""What was used: https://platform.openai.com/docs/api-reference/chat/object#usage"""

from typing import Any

from triforce_daemon.dialects.canonical import Usage
from triforce_daemon.dialects.fields import Json
from triforce_daemon.dialects.figures import count, details

#: What many who speak this dialect do not tell.
_PARTS = frozenset(("prompt_tokens_details", "completion_tokens_details", "prompt_cache_hit_tokens"))


def read_usage(body: dict[str, Any]) -> Usage | None:
    """The usage of a whole answer or of a chunk; None where it carries none."""
    figures: Json = body.get("usage")
    if figures is None and isinstance(body.get("x_groq"), dict):
        figures = body["x_groq"].get("usage")
    if not isinstance(figures, dict):
        return None
    usage: Usage = {
        "input_tokens": count(figures, "prompt_tokens"),
        "output_tokens": count(figures, "completion_tokens"),
    }
    if not _PARTS.isdisjoint(figures):
        _read_parts(figures, usage)
    return usage


def _read_parts(figures: dict[str, Any], usage: Usage) -> None:
    """What there is of it: what was cached, and what was only thought."""
    prompt, completion = details(figures, "prompt_tokens_details"), details(figures, "completion_tokens_details")
    # DeepSeek tells the cached tokens in a field of its own.
    if cached := count(prompt, "cached_tokens") or count(figures, "prompt_cache_hit_tokens"):
        usage["cached_tokens"] = cached
    if written := count(prompt, "cache_write_tokens"):
        usage["cache_write_tokens"] = written
    if reasoning := count(completion, "reasoning_tokens"):
        usage["reasoning_tokens"] = reasoning


def write_usage(usage: Usage) -> dict[str, Any]:
    written: dict[str, Any] = {
        "prompt_tokens": usage["input_tokens"],
        "completion_tokens": usage["output_tokens"],
        "total_tokens": usage["input_tokens"] + usage["output_tokens"],
        "prompt_tokens_details": {"cached_tokens": usage.get("cached_tokens", 0)},
        "completion_tokens_details": {"reasoning_tokens": usage.get("reasoning_tokens", 0)},
    }
    if "cache_write_tokens" in usage:
        written["prompt_tokens_details"]["cache_write_tokens"] = usage["cache_write_tokens"]
    return written
