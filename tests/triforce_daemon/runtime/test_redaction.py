"""Secrets are masked; what people write is not."""

import json
import string
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from triforce_daemon.runtime.redaction import MASK, Redactor

secrets = st.text(st.characters(blacklist_categories=("Cs",)), min_size=6, max_size=40).filter(lambda s: s not in MASK)
key_like = st.text(string.ascii_letters + string.digits + "-_", min_size=20, max_size=60).filter(
    lambda s: any(c.isdigit() for c in s)
)


@given(st.lists(secrets, min_size=1, max_size=3), st.text(max_size=30), st.text(max_size=30))
def test_a_known_secret_never_survives(known: list[str], before: str, after: str) -> None:
    redactor = Redactor()
    for secret in known:
        redactor.add(secret)
    for secret in known:
        cleaned = redactor.clean(before + secret + after)
        assert secret not in cleaned.replace(MASK, "\0")


@given(secrets)
def test_nor_in_json_in_a_url_or_in_a_traceback(secret: str) -> None:
    redactor = Redactor()
    redactor.add(secret)
    in_json = (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    for form in (*in_json, quote(secret, safe=""), repr(secret)[1:-1]):
        assume(form not in MASK)
        assert form not in redactor.clean(f"<{form}>").replace(MASK, "\0")


def test_a_secret_that_begins_like_another_leaves_no_end_behind() -> None:
    for order in (["opensesame", "opensesame-and-more"], ["opensesame-and-more", "opensesame"]):
        redactor = Redactor()
        for secret in order:
            redactor.add(secret)
        assert redactor.clean("x opensesame-and-more y") == f"x {MASK} y"


def test_a_short_word_is_no_secret() -> None:
    redactor = Redactor()
    redactor.add("cat")
    redactor.add("")
    redactor.add("\ud800")
    assert redactor.clean("the cat sat") == "the cat sat"


@pytest.mark.parametrize("prefix", ["sk-", "sk-proj-", "gsk_", "tf_", "ghp_", "gho_", "csk-", "xai-", "hf_", "AIza"])
@given(key=key_like)
def test_keys_are_known_by_their_look(prefix: str, key: str) -> None:
    assert key not in Redactor().clean(f"the provider said: {prefix}{key} is wrong")


@given(key_like, st.sampled_from(["Bearer", "bearer", "Basic"]))
def test_credentials_of_a_header_are_masked(key: str, scheme: str) -> None:
    for text in (
        f"Authorization: {scheme} {key}",
        f"authorization={scheme} {key}",
        f"{{'authorization': '{scheme} {key}'}}",
        f'{{"Authorization": "{scheme} {key}"}}',
        f"sent {scheme} {key}",
    ):
        cleaned = Redactor().clean(text)
        assert key not in cleaned
        assert MASK in cleaned


def test_a_credential_of_plain_letters_is_masked_after_its_header() -> None:
    assert "opensesame" not in Redactor().clean("Authorization: Bearer opensesame")


@pytest.mark.parametrize(
    "text",
    [
        "api_key=opensesame",
        "api-key: opensesame",
        "x-api-key: opensesame",
        '{"apiKey": "opensesame"}',
        "{'token': 'opensesame'}",
        "access_token=opensesame&next=1",
        "client_secret = opensesame",
        "password=opensesame",
        "password='opensesame and a word'",
        "password=op@opensesame",
        'the body was {"password":"opensesame"}',
        "PASSWORD=opensesame",
        "https://anna:opensesame@example.invalid/path",
        "postgresql://anna:op@opensesame@db:5432/x",
        "redis://:opensesame@cache:6379/0",
    ],
)
def test_secrets_are_known_by_what_stands_before_them(text: str) -> None:
    cleaned = Redactor().clean(text)
    assert "opensesame" not in cleaned
    assert MASK in cleaned


def test_what_stands_around_a_secret_stays() -> None:
    clean = Redactor().clean
    assert clean("https://anna:opensesame@example.invalid/p?q=1") == f"https://anna:{MASK}@example.invalid/p?q=1"
    assert clean("a=1 token=opensesame, b=2") == f"a=1 token={MASK}, b=2"
    assert clean("?access_token=opensesame&next=1") == f"?access_token={MASK}&next=1"


@pytest.mark.parametrize(
    "text",
    [
        "GET http://127.0.0.1:11434/v1/chat/completions answered 200",
        "see https://example.invalid:8443/some/long/path?x=1",
        "a basic understanding of the bearer of bad news",
        "the token limit is 4096 tokens; tokens_in=123456 tokens_out=7890123",
        "the password was wrong",
        "no secret is kept here",
        "mail anna@example.invalid: a meeting at 15:30",
        "sk-learn and hf_hub_download_timeout are names",
        "/home/anna/.local/state/triforce/run/triforced.sock",
        "018f3e1c-7b2a-7c3d-9e4f-112233445566",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert Redactor().clean(text) == text


def test_a_value_is_masked_for_its_name() -> None:
    redactor = Redactor()
    assert redactor.clean_value("api_key", "opensesame") == MASK
    assert redactor.clean_value("note", "opensesame") == "opensesame"
    assert redactor.clean_value("note", "token=opensesame") == f"token={MASK}"


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    redactor = Redactor()
    once = redactor.clean(text)
    assert redactor.clean(once) == once
