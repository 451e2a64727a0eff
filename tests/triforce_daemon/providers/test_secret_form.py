"""What is a key, what is not, and that no refusal repeats it."""

import pytest

from triforce_daemon.errors import KeyMalformed
from triforce_daemon.providers.secret_form import LONGEST, checked_name, checked_secret


@pytest.mark.parametrize(
    "secret",
    ["sk-proj-4f9a", "gsk_4f9aB", "AIzaSy-x_1", "abc/def+ghi==", "abcdef=", "a.b.c-d:e", "123456", "k" * LONGEST],
)
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_keys(secret: str, end: str) -> None:
    assert checked_secret(secret + end) == secret


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("\n", "empty"),
        (" \t ", "empty"),
        ("export GROQ_API_KEY=gsk_canary", "shell"),
        ("GROQ_API_KEY=gsk_canary", "shell"),
        ("groq_api_key='gsk_canary'", "shell"),
        ("set GROQ_API_KEY=gsk_canary", "shell"),
        ("$env:GROQ_API_KEY = 'gsk_canary'", "shell"),
        ("Authorization: Bearer gsk_canary", "header"),
        ("Bearer gsk_canary", "header"),
        ("x-api-key: gsk_canary", "header"),
        ('"gsk_canary"', "quotes"),
        ("'gsk_canary'", "quotes"),
        ("\u201cgsk_canary\u201d", "quotes"),
        ("gsk_canary one", "space"),
        (" gsk_canary", "space"),
        ("gsk_canary\n\n", "space"),
        ("gsk_canary\ngsk_canary2", "space"),
        ("gsk_canary\u00a0", "space"),
        ("gsk_canary\x00", "characters"),
        ("\x1b[200~gsk_canary\x1b[201~", "characters"),
        ("gsk_canäry", "characters"),
        ("gsk_canary\u200b", "characters"),
        ("short", "5 characters"),
        ("gsk_canary" * 500, "5000 characters"),
    ],
)
def test_no_keys(text: str, words: str) -> None:
    with pytest.raises(KeyMalformed, match=words) as refused:
        checked_secret(text)
    assert "gsk" not in f"{refused.value.message} {refused.value.hint}"


@pytest.mark.parametrize("name", ["default", "work", "w", "my.key-2_b", "2nd"])
def test_names(name: str) -> None:
    assert checked_name(name, "gsk_4f9a") == name


@pytest.mark.parametrize("name", ["", "-work", "a b", "a/b", "ä", "x" * 65, "work\n", "gsk_canary", "canary"])
def test_no_names(name: str) -> None:
    with pytest.raises(KeyMalformed) as refused:
        checked_name(name, "gsk_canary_4f9a")
    assert "canary" not in refused.value.message
