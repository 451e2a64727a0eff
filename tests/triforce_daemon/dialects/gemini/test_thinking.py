"""Level and budget, as each generation of models understands them."""

from typing import Any

import pytest

from triforce_daemon.dialects.canonical import Thinking
from triforce_daemon.dialects.gemini.models import abilities
from triforce_daemon.dialects.gemini.thinking import read_thinking, write_thinking
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.errors import InvalidRequest


@pytest.mark.parametrize(
    ("config", "read"),
    [
        ({}, {}),
        ({"thinkingBudget": 1024, "includeThoughts": True}, {"budget": 1024, "visible": True}),
        ({"thinkingLevel": "low"}, {"effort": "low"}),
        ({"thinkingLevel": "MEDIUM"}, {"effort": "medium"}),
        ({"thinkingLevel": "high"}, {"effort": "high"}),
        ({"thinkingLevel": "XHIGH"}, {"effort": "xhigh"}),
        ({"thinkingLevel": "MINIMAL", "includeThoughts": False}, {"effort": "minimal", "visible": False}),
        ({"thinkingLevel": "THINKING_LEVEL_UNSPECIFIED"}, {}),
    ],
)
def test_reading(config: dict[str, Any], read: Thinking) -> None:
    assert read_thinking(config) == read


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({"thinkingLevel": "much"}, "thinkingLevel"),
        ({"thinkingBudget": "1"}, "thinkingBudget"),
        ({"includeThoughts": 1}, "includeThoughts"),
    ],
)
def test_mistakes_are_named(config: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`generationConfig.thinkingConfig.{place}`"):
        read_thinking(config)


OLD, PRO, FLASH, LITE = "gemini-2.0-flash", "gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-lite"
NEW, FIRST_PRO = "gemini-3.8-flash", "gemini-3-pro"


@pytest.mark.parametrize(
    ("model", "thinking", "written", "lost"),
    [
        (OLD, {"effort": "high", "visible": True}, {}, ["thinking"]),
        (OLD, {"effort": "none"}, {}, []),
        (FLASH, {"effort": "low"}, {"thinkingBudget": 2048}, []),
        (FLASH, {"effort": "max"}, {"thinkingBudget": 24_576}, []),
        (FLASH, {"effort": "none"}, {"thinkingBudget": 0}, []),
        (FLASH, {"budget": 0}, {"thinkingBudget": 0}, []),
        (FLASH, {"budget": -1}, {"thinkingBudget": -1}, []),
        (FLASH, {"budget": 4096, "visible": True}, {"includeThoughts": True, "thinkingBudget": 4096}, []),
        (FLASH, {"visible": False}, {"includeThoughts": False}, []),
        (LITE, {"budget": 10}, {"thinkingBudget": 512}, []),
        (PRO, {"effort": "none"}, {"thinkingBudget": 128}, ["thinking"]),
        (PRO, {"budget": 10}, {"thinkingBudget": 128}, []),
        (PRO, {"budget": 99_999}, {"thinkingBudget": 32_768}, []),
        (NEW, {"effort": "minimal"}, {"thinkingLevel": "LOW"}, []),
        (NEW, {"effort": "medium"}, {"thinkingLevel": "MEDIUM"}, []),
        (NEW, {"effort": "xhigh"}, {"thinkingLevel": "HIGH"}, []),
        (NEW, {"effort": "none"}, {"thinkingLevel": "LOW"}, ["thinking"]),
        (NEW, {"budget": 0}, {"thinkingLevel": "LOW"}, ["thinking"]),
        (NEW, {"budget": 4096}, {"thinkingBudget": 4096}, []),
        (NEW, {"budget": 4096, "effort": "low"}, {"thinkingLevel": "LOW"}, ["thinking.budget"]),
        (FLASH, {"budget": 4096, "effort": "low"}, {"thinkingBudget": 4096}, ["thinking.effort"]),
        (FLASH, {"effort": "none", "visible": True}, {"includeThoughts": True, "thinkingBudget": 0}, []),
        (PRO, {"budget": 0}, {"thinkingBudget": 128}, ["thinking"]),
        (NEW, {}, {}, []),
        (FIRST_PRO, {"effort": "medium"}, {"thinkingLevel": "HIGH"}, []),
    ],
)
def test_writing(model: str, thinking: Thinking, written: dict[str, Any], lost: list[str]) -> None:
    losses = Losses()
    assert write_thinking(thinking, abilities(model), losses) == written
    assert losses.names() == lost
