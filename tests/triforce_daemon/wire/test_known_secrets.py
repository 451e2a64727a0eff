"""What everybody knows is no secret; what chance has made is one."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.wire.known_secrets import why_known

#: Of the original's files and source, and of others' documentation.
KNOWN = [
    *("", "  ", "admin", "Password", "changeme", "change-this-password", "change-this-db-password", "postgres"),
    *("sk-ant-your-key-here", "your-gemini-key", "gsk_your-groq-key", "your_groq_api_key_here", "hf_your-key"),
    *("generate-a-random-64-char-string-here", "generate-random-secret", "your-master-key-for-encryption"),
    *("__GENERATE_SECRET_32__", "<wird automatisch generiert>", "${DOMAIN}", "...", "xxxxxxxx", "********"),
    *("ailinux-federation-2025", "ailinux-webhook-secret-change-me", "ailinux-default-key-change-me"),
    *("sk-or-" + "v1-your_openrouter_key_here", "a" * 40, "abababababab", "ghp_your-personal-access-token"),
]


@pytest.mark.parametrize("secret", KNOWN)
def test_it_is_known(secret: str) -> None:
    assert why_known(secret)


@given(st.integers(16, 64))
def test_chance_is_not(length: int) -> None:
    assert why_known(secrets.token_hex(length)) is None
    assert why_known("gsk_" + secrets.token_hex(length)) is None


def test_what_it_says_does_not_repeat_it() -> None:
    assert {why_known(secret) for secret in KNOWN} == {
        *("is empty", "is known to everybody", "is an example's", "is the same few characters again and again")
    }
