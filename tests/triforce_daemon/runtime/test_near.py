"""Near names: the ones a person may have meant."""

import time

from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.runtime.near import near

MODELS = ["smollm2-135m-instruct", "llama3.2", "llama3.1", "Qwen2.5-Coder", "mistral-small"]


def test_a_typing_error_finds_the_name() -> None:
    assert near("smolm2-135m-instuct", MODELS)[0] == "smollm2-135m-instruct"


def test_case_does_not_matter_and_names_keep_theirs() -> None:
    assert near("QWEN2.5-coder", MODELS)[0] == "Qwen2.5-Coder"


def test_a_part_of_a_name_finds_it() -> None:
    assert near("coder", MODELS) == ["Qwen2.5-Coder"]


def test_the_most_alike_comes_first() -> None:
    assert near("llama3.2", MODELS)[:2] == ["llama3.2", "llama3.1"]


def test_what_resembles_nothing_finds_nothing() -> None:
    assert near("zzzzzzzz", MODELS) == []
    assert near("", MODELS) == []
    assert near("anything", []) == []


@given(st.text(max_size=30), st.lists(st.text(max_size=10), max_size=8), st.integers(1, 4))
def test_only_known_names_and_never_too_many(word: str, known: list[str], most: int) -> None:
    found = near(word, known, most)
    assert set(found) <= set(known)
    assert len(found) == len(set(found)) <= most


def test_a_monstrous_name_costs_nothing() -> None:
    begin = time.perf_counter()
    assert near("llama" * 2_000_000, MODELS) == []
    assert time.perf_counter() - begin < 0.1
