"""What the model's program answers: vectors, or why not."""

import base64
from typing import Any

import pytest

from triforce_daemon.children.embedding_process import answer

numpy: Any = pytest.importorskip("numpy")


class Model:
    def query(self, texts: list[str]) -> Any:
        return numpy.array([[len(text), 1] for text in texts], "f4")

    def passage(self, texts: list[str]) -> Any:
        raise ValueError(f"cannot {texts[0]}")


def test_vectors_are_packed() -> None:
    reply = answer(Model(), {"kind": "query", "texts": ["abc", "a\0b c"]})
    assert reply["refused"] is None
    assert [numpy.frombuffer(base64.b64decode(one), "<f2").tolist() for one in reply["vectors"]] == [[3, 1], [5, 1]]


def test_what_it_raises_becomes_words() -> None:
    assert answer(Model(), {"kind": "passage", "texts": ["x"]}) == {"vectors": [], "refused": "ValueError: cannot x"}
