"""The dialects by name."""

from triforce_daemon.dialects.anthropic.dialect import Anthropic
from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.dialects.gemini.dialect import Gemini
from triforce_daemon.dialects.ollama.dialect import Ollama
from triforce_daemon.dialects.openai_chat.dialect import OpenAIChat
from triforce_daemon.dialects.openai_responses.dialect import OpenAIResponses


def by_name() -> dict[str, Dialect]:
    """One of each."""
    dialects: list[Dialect] = [OpenAIChat(), OpenAIResponses(), Anthropic(), Gemini(), Ollama()]
    return {dialect.name: dialect for dialect in dialects}
