"""Token counts: four characters are one, so that a test can say beforehand what comes out."""

from collections.abc import Iterator

from tests.scriptable_upstream.json_values import Fields, as_list, as_object


def tokens(text: str) -> int:
    return max((len(text) + 3) // 4, 1)


def anthropic(body: Fields) -> Fields:
    return {"input_tokens": _counted(body)}


def gemini(body: Fields) -> Fields:
    counted = _counted(body)
    return {"totalTokens": counted, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": counted}]}


def _counted(body: Fields) -> int:
    return tokens("".join(_texts(body)))


def _texts(value: object, key: str = "") -> Iterator[str]:
    """What stands in fields that a person or a tool wrote."""
    for name, item in as_object(value).items():
        yield from _texts(item, name)
    for item in as_list(value):
        yield from _texts(item, key)
    if isinstance(value, str) and key in ("text", "content", "system", "description", "thinking"):
        yield value
