"""Token counts: four characters are one, so that a test can say beforehand what comes out."""

from collections.abc import Iterator
from typing import Any

Fields = dict[str, Any]


def tokens(text: str) -> int:
    return max((len(text) + 3) // 4, 1)


def anthropic(body: Fields) -> Fields:
    return {"input_tokens": _counted(body)}


def gemini(body: Fields) -> Fields:
    counted = _counted(body)
    return {"totalTokens": counted, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": counted}]}


def _counted(body: Fields) -> int:
    return tokens("".join(_texts(body)))


def _texts(value: Any, key: str = "") -> Iterator[str]:
    """What stands in fields that a person or a tool wrote."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, key)
    elif isinstance(value, str) and key in ("text", "content", "system", "description", "thinking"):
        yield value
