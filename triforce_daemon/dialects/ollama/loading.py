"""Requests that only load or unload a model: they say nothing to it.

https://docs.ollama.com/faq#how-can-i-preload-a-model-into-ollama-to-get-faster-response-times
"""

from typing import Any

from triforce_daemon.dialects.ollama.answer import timestamp


def only_loads(body: dict[str, Any]) -> bool:
    """Whether it has neither messages nor a prompt nor pictures."""
    return not any(body.get(name) for name in ("messages", "prompt", "images", "suffix"))


def write_loaded(body: dict[str, Any], now: float) -> dict[str, Any]:
    """The answer to it; `keep_alive: 0` unloads."""
    said: dict[str, Any] = {"message": {"role": "assistant", "content": ""}} if "messages" in body else {"response": ""}
    kept = body.get("keep_alive")
    unloads = kept == 0 or (isinstance(kept, str) and kept.rstrip("smh") == "0")
    return {
        "model": body.get("model"),
        "created_at": timestamp(now),
        **said,
        "done": True,
        "done_reason": "unload" if unloads else "load",
    }
