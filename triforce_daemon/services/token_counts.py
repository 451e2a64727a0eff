"""How many tokens a text has, for whoever calls a tool."""

from dataclasses import dataclass
from typing import Literal

import orjson
from typing_extensions import TypedDict

from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.services.questions import Question, Questions
from triforce_daemon.wire.constants import DEFAULT_ALIAS


class TokenCount(TypedDict):
    tokens: int
    method: Literal["exact", "estimate"]
    """`exact`: the model's provider has counted."""
    chars: int


@dataclass(frozen=True, slots=True)
class TokenCounts:
    questions: Questions
    #: Anthropic's, whose words the question is put in.
    dialect: Dialect

    async def count(self, caller: Caller, request_id: str, text: str, model: str | None) -> TokenCount:
        """Raises ModelNotFound, Forbidden, and what the provider comes to."""
        name = model or DEFAULT_ALIAS
        body = {"model": name, "messages": [{"role": "user", "content": text}]}
        reply = await self.questions.count_tokens(Question(request_id, caller, name, self.dialect, body, len(text)))
        tokens = orjson.loads(reply.content)["input_tokens"]
        return TokenCount(tokens=tokens, method="estimate" if reply.estimated else "exact", chars=len(text))
