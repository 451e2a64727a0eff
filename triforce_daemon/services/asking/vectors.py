"""Vectors of texts for whoever calls a tool, and how near they are to each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from typing_extensions import TypedDict

from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.services.questions import Question, Questions
from triforce_daemon.wire.constants import DEFAULT_ALIAS
from triforce_daemon.wire.usage import Usage


class Vectors(TypedDict):
    vectors: list[list[float]]
    dimensions: int
    model: str
    usage: Usage


class Near(TypedDict):
    index: int
    """Of the text in the list that was sent."""
    score: float
    """The cosine of the angle between them: 1 is the same direction."""


@dataclass(frozen=True, slots=True)
class Embedder:
    questions: Questions
    #: OpenAI's, whose words the question is put in.
    dialect: Dialect

    async def vectors(self, caller: Caller, request_id: str, texts: Sequence[str], model: str | None) -> Vectors:
        """One for each text. Raises InvalidRequest where the model has none, and what providers come to."""
        name = model or DEFAULT_ALIAS
        body = {"model": name, "input": list(texts)}
        question = Question(request_id, caller, name, self.dialect, body, sum(map(len, texts)))
        reply = await self.questions.embed(question)
        told = orjson.loads(reply.content)
        vectors = [one["embedding"] for one in sorted(told["data"], key=lambda one: one["index"])]
        used = reply.usage
        return Vectors(
            vectors=vectors,
            dimensions=len(vectors[0]) if vectors else 0,
            model=reply.candidate.id,
            usage=Usage(input_tokens=used["input_tokens"] if used else 0, output_tokens=0, estimated=used is None),
        )


def ranked(query: Sequence[float], vectors: Sequence[Sequence[float]], most: int) -> list[Near]:
    """The nearest first; a vector without a direction is near to nothing."""
    scores = [Near(index=index, score=round(cosine(query, one), 6)) for index, one in enumerate(vectors)]
    return sorted(scores, key=lambda near: (-near["score"], near["index"]))[:most]


def cosine(left: Sequence[float], right: Sequence[float]) -> float:
    product = math.hypot(*left) * math.hypot(*right)
    return sum(a * b for a, b in zip(left, right, strict=True)) / product if product else 0.0
