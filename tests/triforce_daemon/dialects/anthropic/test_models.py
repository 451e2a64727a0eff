"""What each generation of models accepts."""

import pytest

from triforce_daemon.dialects.anthropic.models import abilities


@pytest.mark.parametrize(
    ("model", "thinks_by", "off", "sampling", "forced", "midway"),
    [
        ("claude-3-opus-20240229", "budget", "disabled", True, True, False),
        ("claude-3-7-sonnet-latest", "budget", "disabled", True, True, False),
        ("claude-sonnet-4-20250514", "budget", "disabled", True, True, False),
        ("claude-opus-4-1", "budget", "disabled", True, True, False),
        ("anthropic.claude-haiku-4-5-20251001-v1:0", "budget", "disabled", True, True, False),
        ("claude-sonnet-4-6", "both", "disabled", True, True, False),
        ("claude-opus-4.6", "both", "disabled", True, True, False),
        ("claude-opus-4-7", "effort", "disabled", False, True, False),
        ("claude-opus-4-8", "effort", "disabled", False, True, True),
        ("claude-sonnet-5", "effort", "disabled", False, True, False),
        ("claude-opus-5", "effort", "disabled", False, True, True),
        ("claude-haiku-5-5", "effort", "disabled", False, True, True),
        ("claude-sonnet-5-5", "effort", "between_tools", False, False, True),
        ("claude-opus-5-5", "effort", None, False, False, True),
        ("claude-fable-5", "effort", None, False, False, True),
        ("claude-mythos-preview", "effort", None, False, False, True),
        ("glm-4.6", "budget", "disabled", True, True, False),
    ],
)
def test_abilities(model: str, thinks_by: str, off: str | None, sampling: bool, forced: bool, midway: bool) -> None:
    found = abilities(model)
    assert (found.budget, found.adaptive) == (thinks_by != "effort", thinks_by != "budget")
    assert (found.off, found.sampling, found.forced_tools, found.system_midway) == (off, sampling, forced, midway)


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("claude-3-haiku-20240307", 4_096),
        ("claude-3-5-haiku-latest", 8_192),
        ("claude-opus-4-20250514", 32_000),
        ("claude-haiku-4-5", 32_000),
        ("claude-opus-5-5", 32_000),
        ("kimi-k3", 8_192),
    ],
)
def test_what_is_asked_for_where_nobody_names_a_limit(model: str, tokens: int) -> None:
    assert abilities(model).max_tokens == tokens


def test_schemas_are_kept_to_from_4_5_on() -> None:
    assert [abilities(f"claude-sonnet-{version}").structured for version in ("4-0", "4-5", "5")] == [False, True, True]


def test_efforts() -> None:
    assert abilities("claude-haiku-4-5").efforts == ()
    assert "xhigh" not in abilities("claude-opus-4-6").efforts
    assert abilities("claude-opus-4-7").efforts == ("low", "medium", "high", "xhigh", "max")
