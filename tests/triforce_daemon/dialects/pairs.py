"""All pairs of dialects: a client's in front, an upstream's behind."""

import itertools
from typing import Any

import orjson
import pytest
from hypothesis import settings

from triforce_daemon.dialects.anthropic.dialect import Anthropic
from triforce_daemon.dialects.canonical import DialectName
from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.dialects.gemini.dialect import Gemini
from triforce_daemon.dialects.ollama.dialect import Ollama
from triforce_daemon.dialects.openai_chat.dialect import OpenAIChat
from triforce_daemon.dialects.openai_responses.dialect import OpenAIResponses

DIALECTS: dict[DialectName, Dialect] = {
    "openai_chat": OpenAIChat(lambda: 1.5),
    "openai_responses": OpenAIResponses(lambda: 1.5),
    "anthropic": Anthropic(),
    "gemini": Gemini(),
    "ollama": Ollama(lambda: 1.5),
}
PAIRS = list(itertools.product(DIALECTS, repeat=2))
#: Of each pair; together they are many.
few = settings(max_examples=settings.default.max_examples // 5)
pairs = pytest.mark.parametrize(("client", "upstream"), PAIRS, ids=[f"{one}-{other}" for one, other in PAIRS])


def through(body: dict[str, Any]) -> dict[str, Any]:
    """What a body is on the wire."""
    return orjson.loads(orjson.dumps(body))
