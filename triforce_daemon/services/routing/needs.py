"""What a request asks of a model, compared with what is known of one."""

from dataclasses import dataclass
from typing import Any

from triforce_daemon.dialects.canonical import Request
from triforce_daemon.providers.listed import Ability, Listed

#: A rough and labelled guess where nobody counts.
CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Needs:
    abilities: frozenset[Ability]
    #: The prompt's size by a rough guess, and how much shall come back at most.
    prompt_tokens: int
    answer_tokens: int = 0

    @classmethod
    def of(cls, request: Request, characters: int) -> "Needs":
        abilities: set[Ability] = {"chat"}
        if request.tools:
            abilities.add("tools")
        if request.output is not None and request.output["type"] == "schema":
            abilities.add("json_schema")
        if any(_is_image(part) for message in request.messages for part in message["parts"]):
            abilities.add("vision")
        return cls(frozenset(abilities), characters // CHARACTERS_PER_TOKEN, request.max_tokens or 0)

    def refusal(self, listed: Listed | None) -> str | None:
        """Why a model cannot take the request; None where it can, or where too little is known of it."""
        if listed is None:
            return None
        lacking = sorted(self.abilities - set(listed.abilities))
        if lacking:
            return f"it lacks {' and '.join(lacking)}"
        tokens = self.prompt_tokens + self.answer_tokens
        if listed.context is not None and tokens > listed.context:
            return f"about {tokens:,} tokens do not fit its context of {listed.context:,}"
        return None


def _is_image(part: Any) -> bool:
    if part["type"] == "tool_result":
        return any(inner["type"] == "image" for inner in part["content"])
    return part["type"] == "image"
