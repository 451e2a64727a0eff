"""What was lost is named once, in its order, and as the client wrote it."""

import pytest

from triforce_daemon.dialects.all import by_name
from triforce_daemon.dialects.canonical import Request, TextPart
from triforce_daemon.dialects.losses import Losses, spelled


def test_names_come_once() -> None:
    losses = Losses()
    losses.add("b", "a")
    losses.add("b")
    assert losses.names() == ["b", "a"]


def test_only_what_was_said_is_lost() -> None:
    losses = Losses()
    losses.where(top_k=0, seed=None, stop=[], user="")
    assert losses.names() == ["top_k", "user"]


def test_own_extras_are_given_back_and_others_named() -> None:
    losses = Losses()
    part = TextPart(type="text", text="a", extras={"anthropic": {"cache_control": {}}, "ollama": {"x": 1}})
    assert losses.extras(part, "ollama") == {"x": 1}
    assert losses.extras(TextPart(type="text", text="a"), "ollama") == {}
    assert losses.names() == ["cache_control"]


def test_a_request_has_extras_too() -> None:
    losses = Losses()
    request = Request("m", [], extras={"gemini": {"safetySettings": []}, "ollama": {"keep_alive": 5}})
    assert losses.of_request(request, "ollama") == {"keep_alive": 5}
    assert losses.names() == ["safetySettings"]


@pytest.mark.parametrize(
    ("dialect", "names", "written"),
    [
        ("gemini", ["top_k", "seed"], ["generationConfig.topK", "generationConfig.seed"]),
        ("ollama", ["top_k", "keep_alive"], ["options.top_k", "keep_alive"]),
        ("anthropic", ["stop", "thinking.budget"], ["stop_sequences", "thinking.budget_tokens"]),
        ("openai_chat", ["output", "output.schema.x"], ["response_format", "response_format.json_schema.schema.x"]),
        ("openai_responses", ["output.name", "top_p"], ["text.format.name", "top_p"]),
        ("openai_chat", ["messages[].thinking", "thinking"], ["messages[].thinking", "reasoning_effort"]),
    ],
)
def test_it_is_spelt_as_the_client_wrote_it(dialect: str, names: list[str], written: list[str]) -> None:
    assert spelled(names, by_name()[dialect].spelling) == written


def test_what_the_client_calls_so_himself_stays() -> None:
    spelling = by_name()["openai_chat"].spelling
    assert spelled(["thinking", "output"], spelling, kept=["thinking"]) == ["thinking", "response_format"]


def test_two_that_he_writes_as_one_are_named_once() -> None:
    assert spelled(["thinking", "thinking.effort"], by_name()["ollama"].spelling) == ["think"]
