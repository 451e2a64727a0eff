"""What each generation of models accepts."""

from typing import Any

import pytest

from triforce_daemon.dialects.gemini.models import abilities


@pytest.mark.parametrize(
    ("model", "thinking", "levels", "signed"),
    [
        ("gemini-1.5-pro", None, None, False),
        ("gemini-2.0-flash", None, None, False),
        ("gemini-2.5-pro", "budget", None, False),
        ("gemini-3-pro-preview", "level", ("low", "high"), True),
        ("gemini-3.1-pro-preview", "level", ("low", "medium", "high"), True),
        ("gemini-3-flash-preview", "level", ("minimal", "low", "medium", "high"), True),
        ("models/gemini-3.8-flash", "level", ("low", "medium", "high"), True),
        ("gemini-4-ultra", "level", ("low", "medium", "high"), True),
        ("gemini-flash-latest", "level", ("low", "medium", "high"), True),
        ("gemma-3-27b-it", None, None, False),
    ],
)
def test_abilities(model: str, thinking: str | None, levels: Any, signed: bool) -> None:
    found = abilities(model)
    assert (found.thinking, found.signed_calls, found.media_in_results) == (thinking, signed, signed)
    assert levels is None or found.levels == levels


@pytest.mark.parametrize(
    ("model", "budget", "can_rest"),
    [
        ("gemini-2.5-pro", (128, 32_768), False),
        ("gemini-2.5-flash", (1, 24_576), True),
        ("gemini-2.5-flash-lite", (512, 24_576), True),
    ],
)
def test_budgets(model: str, budget: tuple[int, int], can_rest: bool) -> None:
    assert (abilities(model).budget, abilities(model).can_rest) == (budget, can_rest)


def test_penalties() -> None:
    assert [abilities(model).penalties for model in ("gemini-1.5-pro", "gemini-2.0-flash", "gemini-2.5-flash")] == [
        False,
        True,
        False,
    ]
