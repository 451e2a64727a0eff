"""OpenAI's completions, from before there were chats: https://platform.openai.com/docs/api-reference/completions

For clients only: hardly a model is left that goes on from a text, so that the prompt is what a user says in a chat.
"""

from typing import Any

from triforce_daemon.dialects.canonical import Answer, DialectName, Request
from triforce_daemon.dialects.openai_chat.dialect import OpenAIChat
from triforce_daemon.dialects.openai_completions.answer import write_answer
from triforce_daemon.dialects.openai_completions.request import read_request
from triforce_daemon.dialects.openai_completions.writer import Writer


class OpenAICompletions(OpenAIChat):
    name: DialectName = "openai_completions"

    def read_request(self, body: dict[str, Any], *, model: str | None = None, stream: bool | None = None) -> Request:
        return read_request(body, model, stream)

    def write_answer(self, answer: Answer, request: Request) -> dict[str, Any]:
        return write_answer(answer, int(self._now()))

    def writer(self, request: Request) -> Writer:
        return Writer(request, int(self._now()))
