"""The README names every word of the language, and none that is not one."""

import re
from pathlib import Path

import pytest

from tests.scriptable_upstream.behaviour_text import NAMES, read_behaviour
from tests.scriptable_upstream.control import Control
from tests.scriptable_upstream.plan import read_plan
from tests.scriptable_upstream.upstream import Upstream

TEXT = (Path(__file__).parent / "README.md").read_text("utf-8")
WORDS = [word for row in re.findall(r"^\| (`.+?) \|", TEXT, re.MULTILINE) for word in re.findall(r"`([^`]+)`", row)]


def test_every_word_is_explained() -> None:
    named = set(re.findall(r"`([a-z0-9-]+)(?==|`)", TEXT))
    assert set(NAMES) <= named


@pytest.mark.parametrize("word", WORDS)
def test_the_words_are_read(word: str) -> None:
    assert read_behaviour(word.replace("URL", "http://x"))


@pytest.mark.parametrize("plan", re.findall(r"`((?:first|key|on) [^`]+: [^`]+)`", TEXT))
def test_the_plans_are_read(plan: str) -> None:
    assert read_plan(plan)


def test_every_control_route_is_named() -> None:
    for route in Control(Upstream()).routes:
        assert f"`{route}" in TEXT
