"""What was used: https://platform.claude.com/docs/en/api/messages#usage

This dialect counts the prompt in three: what is new, what came from the cache and what went into it.
"""

from typing import Any, cast

from triforce_daemon.dialects.canonical import Usage
from triforce_daemon.dialects.figures import count, details


def read_usage(body: dict[str, Any], known: Usage | None = None) -> Usage | None:
    """The usage of an answer or an event, None where it carries none; `known`: what an earlier event said.

    The figures of a stream are cumulative, and not every event has all of them.
    """
    found = body.get("usage")
    if not isinstance(found, dict):
        return known
    figures = cast(dict[str, Any], found)
    before = known or Usage(input_tokens=0, output_tokens=0)
    cached = max(count(figures, "cache_read_input_tokens"), before.get("cached_tokens", 0))
    written = max(count(figures, "cache_creation_input_tokens"), before.get("cache_write_tokens", 0))
    prompt = count(figures, "input_tokens") + cached + written
    usage = Usage(
        input_tokens=max(prompt, before["input_tokens"]),
        output_tokens=max(count(figures, "output_tokens"), before["output_tokens"]),
    )
    if cached:
        usage["cached_tokens"] = cached
    if written:
        usage["cache_write_tokens"] = written
    if thought := count(details(figures, "output_tokens_details"), "thinking_tokens"):
        usage["reasoning_tokens"] = thought
    return usage


def write_usage(usage: Usage | None) -> dict[str, Any]:
    """Nothing known: the client libraries want the figures all the same."""
    if usage is None:
        return {"input_tokens": 0, "output_tokens": 0}
    cached, written = usage.get("cached_tokens", 0), usage.get("cache_write_tokens", 0)
    figures: dict[str, Any] = {
        "input_tokens": max(usage["input_tokens"] - cached - written, 0),
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": cached,
        "output_tokens": usage["output_tokens"],
    }
    if "reasoning_tokens" in usage:
        figures["output_tokens_details"] = {"thinking_tokens": usage["reasoning_tokens"]}
    return figures
