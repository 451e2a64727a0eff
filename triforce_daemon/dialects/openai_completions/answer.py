"""The whole answer: https://platform.openai.com/docs/api-reference/completions/object"""

from typing import Any

from triforce_daemon.dialects.canonical import Answer, FinishReason
from triforce_daemon.dialects.openai_chat.usage import write_usage


def finish_word(finish: FinishReason) -> str:
    """There are only three."""
    if finish in ("content_filter", "refusal"):
        return "content_filter"
    return "length" if finish == "length" else "stop"


def write_answer(answer: Answer, created: int) -> dict[str, Any]:
    """What is said; there is no place for thoughts."""
    said = [part["text"] for part in answer.parts if part["type"] == "text" or part["type"] == "refusal"]
    choice = {"text": "".join(said), "index": 0, "logprobs": None, "finish_reason": finish_word(answer.finish)}
    body: dict[str, Any] = {
        "id": answer.id,
        "object": "text_completion",
        "created": created,
        "model": answer.model,
        "choices": [choice],
    }
    if answer.usage is not None:
        body["usage"] = write_usage(answer.usage)
    return body
