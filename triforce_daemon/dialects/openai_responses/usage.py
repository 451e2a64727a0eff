"""What was used: https://platform.openai.com/docs/api-reference/responses/object#usage"""

from typing import Any, cast

from triforce_daemon.dialects.canonical import Usage
from triforce_daemon.dialects.figures import count, details


def read_usage(response: dict[str, Any]) -> Usage | None:
    """The usage of a response; None where it carries none."""
    found = response.get("usage")
    if not isinstance(found, dict):
        return None
    figures = cast(dict[str, Any], found)
    usage = Usage(input_tokens=count(figures, "input_tokens"), output_tokens=count(figures, "output_tokens"))
    given, made = details(figures, "input_tokens_details"), details(figures, "output_tokens_details")
    if cached := count(given, "cached_tokens"):
        usage["cached_tokens"] = cached
    if written := count(given, "cache_write_tokens"):
        usage["cache_write_tokens"] = written
    if reasoning := count(made, "reasoning_tokens"):
        usage["reasoning_tokens"] = reasoning
    return usage


def write_usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage["input_tokens"],
        "input_tokens_details": {
            "cached_tokens": usage.get("cached_tokens", 0),
            "cache_write_tokens": usage.get("cache_write_tokens", 0),
        },
        "output_tokens": usage["output_tokens"],
        "output_tokens_details": {"reasoning_tokens": usage.get("reasoning_tokens", 0)},
        "total_tokens": usage["input_tokens"] + usage["output_tokens"],
    }
