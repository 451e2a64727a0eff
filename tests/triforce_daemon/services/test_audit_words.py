"""Rows of the audit in a few words."""

import pytest

from triforce_daemon.services.audit_words import in_words

REQUEST = {"asked": "groq/m", "model": "groq/m", "state": "done", "error": None, "truncated": False}


@pytest.mark.parametrize(
    ("kind", "document", "words"),
    [
        ("request", REQUEST, "groq/m: done"),
        ("request", {**REQUEST, "asked": "fast"}, "fast -> groq/m: done"),
        ("request", {**REQUEST, "state": "failed", "error": "upstream_failed", "truncated": True},
         "groq/m: failed (upstream_failed), cut short"),
        ("login", {"what": "login"}, "login"),
        ("refusal", {"what": "refused", "code": "forbidden", "route": "GET /v1/users", "times": 1},
         "refused forbidden GET /v1/users"),
        ("refusal", {"what": "refused", "code": "forbidden", "route": None, "times": 7}, "refused forbidden 7 times"),
        ("change", {"what": "tokens.create", "on": None, "shows": {"scopes": ["read"], "models": [], "expires": None}},
         "tokens.create scopes=read models=- expires=-"),
        ("change", {"what": "config.set", "on": "log.level", "shows": {"value": 1}}, "config.set log.level value=1"),
        ("daemon", {"what": "started", "version": "0.1.0"}, "started 0.1.0"),
        ("audit", {"what": "pruned", "pruned": {"request": 1}}, "pruned"),
    ],
)  # fmt: skip
def test_in_words(kind: str, document: dict[str, object], words: str) -> None:
    assert in_words(kind, document) == words
