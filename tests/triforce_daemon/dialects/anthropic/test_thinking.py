"""Effort and budget, as each generation of models understands them."""

from typing import Any

import pytest

from triforce_daemon.dialects.anthropic.models import abilities
from triforce_daemon.dialects.anthropic.thinking import read_thinking, write_thinking
from triforce_daemon.dialects.canonical import Thinking
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.errors import InvalidRequest


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ({}, None),
        ({"thinking": {"type": "enabled", "budget_tokens": 2048}}, {"budget": 2048}),
        ({"thinking": {"type": "adaptive"}}, {}),
        ({"thinking": {"type": "adaptive", "display": "summarized"}}, {"visible": True}),
        ({"thinking": {"type": "adaptive", "display": "omitted"}}, {"visible": False}),
        ({"thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}}, {"effort": "max"}),
        ({"output_config": {"effort": "low"}}, {"effort": "low"}),
        ({"thinking": {"type": "disabled"}}, {"effort": "none"}),
        ({"thinking": {"type": "between_tools"}}, {"effort": "none"}),
    ],
)
def test_reading(body: dict[str, Any], read: Thinking | None) -> None:
    extras: dict[str, Any] = {}
    assert read_thinking(body, extras) == read
    assert extras == {}


def test_an_effort_without_thinking_is_kept() -> None:
    extras: dict[str, Any] = {}
    body = {"thinking": {"type": "disabled"}, "output_config": {"effort": "low"}}
    assert read_thinking(body, extras) == {"effort": "none"}
    assert extras == {"output_config.effort": "low"}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"thinking": "yes"}, "thinking"),
        ({"thinking": {}}, "thinking.type"),
        ({"thinking": {"type": "enabled", "budget_tokens": "many"}}, "thinking.budget_tokens"),
        ({"output_config": {"effort": "minimal"}}, "output_config.effort"),
    ],
)
def test_mistakes_are_named(body: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{place}`"):
        read_thinking(body, {})


OLD, BOTH, NEW, ALWAYS = "claude-haiku-4-5", "claude-opus-4-6", "claude-opus-4-8", "claude-opus-5-5"


@pytest.mark.parametrize(
    ("model", "thinking", "written", "effort", "lost"),
    [
        (OLD, {"budget": 4096}, {"type": "enabled", "budget_tokens": 4096}, None, []),
        (OLD, {"effort": "low"}, {"type": "enabled", "budget_tokens": 2048}, None, []),
        (OLD, {"effort": "minimal"}, {"type": "enabled", "budget_tokens": 1024}, None, []),
        (OLD, {"effort": "max"}, {"type": "enabled", "budget_tokens": 29_999}, None, []),
        (OLD, {}, {"type": "enabled", "budget_tokens": 8192}, None, []),
        (OLD, {"budget": -1}, {"type": "enabled", "budget_tokens": 8192}, None, []),
        (OLD, {"budget": 100_000}, {"type": "enabled", "budget_tokens": 29_999}, None, []),
        (OLD, {"effort": "none"}, {"type": "disabled"}, None, []),
        (OLD, {"budget": 0}, {"type": "disabled"}, None, []),
        (BOTH, {"budget": 4096}, {"type": "enabled", "budget_tokens": 4096}, None, []),
        (OLD, {"budget": 4096, "effort": "low"}, {"type": "enabled", "budget_tokens": 4096}, None, ["thinking.effort"]),
        (
            OLD,
            {"budget": 4096, "visible": False},
            {"type": "enabled", "budget_tokens": 4096},
            None,
            ["thinking.visible"],
        ),
        (OLD, {"budget": 4096, "visible": True}, {"type": "enabled", "budget_tokens": 4096}, None, []),
        (BOTH, {"budget": 4096, "effort": "low"}, {"type": "enabled", "budget_tokens": 4096}, "low", []),
        (BOTH, {"visible": False}, {"type": "adaptive"}, None, ["thinking.visible"]),
        (BOTH, {"effort": "xhigh"}, {"type": "adaptive"}, "high", []),
        (BOTH, {"effort": "max", "visible": True}, {"type": "adaptive"}, "max", []),
        (NEW, {"effort": "minimal"}, {"type": "adaptive"}, "low", []),
        (NEW, {"effort": "high", "visible": True}, {"type": "adaptive", "display": "summarized"}, "high", []),
        (NEW, {"visible": False}, {"type": "adaptive", "display": "omitted"}, None, []),
        (NEW, {"budget": 4096}, {"type": "adaptive"}, "medium", ["thinking.budget"]),
        (NEW, {"budget": 4096, "effort": "low"}, {"type": "adaptive"}, "low", ["thinking.budget"]),
        (NEW, {"budget": -1}, {"type": "adaptive"}, None, []),
        (NEW, {"effort": "none"}, {"type": "disabled"}, None, []),
        ("claude-sonnet-5-5", {"effort": "none"}, {"type": "between_tools"}, None, []),
        (ALWAYS, {"effort": "none"}, None, None, ["thinking"]),
    ],
)
def test_writing(
    model: str, thinking: Thinking, written: dict[str, Any] | None, effort: str | None, lost: list[str]
) -> None:
    losses = Losses()
    assert write_thinking(thinking, abilities(model), 30_000, losses) == (written, effort)
    assert losses.names() == lost


def test_there_is_no_thinking_where_there_is_no_room_for_it() -> None:
    losses = Losses()
    assert write_thinking({"budget": 4096}, abilities(OLD), 1024, losses) == (None, None)
    assert losses.names() == ["thinking"]
    assert write_thinking({"budget": 4096}, abilities(OLD), 1025, losses)[0] == {
        "type": "enabled",
        "budget_tokens": 1024,
    }
