"""Embeddings: the same numbers for the same text, in each provider's shape."""

import base64
import math
import random
import struct
from functools import lru_cache

from tests.scriptable_upstream.json_values import Fields, as_list, as_object, listed, objects
from tests.scriptable_upstream.token_counts import tokens

SIZES = {"text-embedding-3-large": 3072, "text-embedding-3-small": 1536, "mistral-embed": 1024, "nomic-embed-text": 768}
SIZE = 768


@lru_cache(maxsize=1024)
def vector(text: str, size: int) -> tuple[float, ...]:
    """Of length 1, as providers give them; single precision."""
    numbers = random.Random(text)
    raw = [numbers.gauss(0, 1) for _ in range(size)]
    length = math.sqrt(sum(number * number for number in raw))
    packed = struct.pack(f"{size}f", *(number / length for number in raw))
    return struct.unpack(f"{size}f", packed)


def openai(body: Fields) -> Fields:
    """https://platform.openai.com/docs/api-reference/embeddings."""
    given = body.get("input", "")
    texts = [given] if _is_tokens(given) else listed(given)
    size = body.get("dimensions") or _size(body.get("model", ""))
    encoded = body.get("encoding_format") == "base64"
    data = [
        {"object": "embedding", "index": place, "embedding": _encoded(vector(str(text), size), encoded)}
        for place, text in enumerate(texts)
    ]
    used = sum(tokens(str(text)) for text in texts)
    usage = {"prompt_tokens": used, "total_tokens": used}
    return {"object": "list", "data": data, "model": body.get("model", ""), "usage": usage}


def gemini_one(body: Fields) -> Fields:
    """https://ai.google.dev/api/embeddings."""
    return {"embedding": _gemini(body)}


def gemini_many(body: Fields) -> Fields:
    return {"embeddings": [_gemini(each) for each in objects(body.get("requests"))]}


def ollama(body: Fields) -> Fields:
    texts = listed(body.get("input", ""))
    size = body.get("dimensions") or _size(body.get("model", ""))
    return {
        "model": body.get("model", ""),
        "embeddings": [list(vector(str(text), size)) for text in texts],
        "total_duration": 14143917,
        "load_duration": 1019500,
        "prompt_eval_count": sum(tokens(str(text)) for text in texts),
    }


def ollama_prompt(body: Fields) -> Fields:
    """One text, as it was asked for before."""
    return {"embedding": list(vector(str(body.get("prompt", "")), _size(body.get("model", ""))))}


def _gemini(body: Fields) -> Fields:
    parts = objects(as_object(body.get("content")).get("parts"))
    text = "".join(part.get("text", "") for part in parts)
    return {"values": list(vector(text, body.get("outputDimensionality") or SIZE))}


def _is_tokens(given: object) -> bool:
    """Whether it is one text, as a list of token numbers."""
    return isinstance(next(iter(as_list(given)), None), int)


def _size(model: str) -> int:
    return SIZES.get(model.partition(":")[0], SIZE)


def _encoded(numbers: tuple[float, ...], encoded: bool) -> str | list[float]:
    if not encoded:
        return list(numbers)
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()
