"""Finding what is wrong with values, and going on without it."""

from typing import Any

import pytest

from triforce_daemon.configuration.validation import Path, Wrong, take_out, validate
from triforce_daemon.settings import Settings


def wrong(values: dict[str, Any]) -> list[Wrong]:
    found = validate(values)
    assert not isinstance(found, Settings)
    return found


def test_what_is_right_becomes_the_settings() -> None:
    assert validate({}) == Settings()
    assert isinstance(validate({"providers": {"groq": {}}}), Settings)


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"log": {"level": "loud"}}, ("log", "level")),
        ({"daemon": {"socket": {"path": "x"}}}, ("daemon", "socket")),
        ({"providers": 7}, ("providers",)),
        ({"providers": {"groq": 7}}, ("providers", "groq")),
        ({"providers": {"Groq": {}}}, ("providers", "Groq")),
        ({"providers": {"groq": {"enabled": []}}}, ("providers", "groq", "enabled")),
        ({"aliases": {"fast": {}}}, ("aliases", "fast", "models")),
        ({"aliases": {"fast": {"models": ["a", 7]}}}, ("aliases", "fast", "models")),
    ],
)
def test_what_is_wrong_has_its_path(values: dict[str, Any], path: Path) -> None:
    assert wrong(values)[0].path == path


def test_what_is_missing_says_so_and_no_password_is_repeated() -> None:
    [missing] = wrong({"aliases": {"fast": {}}})
    assert (missing.missing, missing.words()) == (True, "Field required")
    [telling] = wrong({"providers": {"groq": {"base_url": "https://me:secret@host"}}})
    assert telling.words().startswith("'https://…@host': ")


@pytest.mark.parametrize(
    ("path", "taken", "left"),
    [
        (("a",), ("a",), {"b": {"x": {"k": 1}, "y": {}}}),
        (("b", "x", "k"), ("b", "x", "k"), {"a": 1, "b": {"x": {}, "y": {}}}),
        (("b", "y", "k"), ("b", "y"), {"a": 1, "b": {"x": {"k": 1}}}),
        (("b", "z", "k"), ("b", "z", "k"), {"a": 1, "b": {"x": {"k": 1}, "y": {}}}),
        (("c",), ("c",), {"a": 1, "b": {"x": {"k": 1}, "y": {}}}),
    ],
)
def test_what_is_taken_out(path: Path, taken: Path, left: dict[str, Any]) -> None:
    values: dict[str, Any] = {"a": 1, "b": {"x": {"k": 1}, "y": {}}}
    assert take_out(values, path) == taken
    assert values == left
