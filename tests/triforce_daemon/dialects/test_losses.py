"""What was lost is named once, in its order."""

from triforce_daemon.dialects.canonical import Request, TextPart
from triforce_daemon.dialects.losses import Losses


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
