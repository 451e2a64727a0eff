"""Providers in the words that travel."""

from typing import Any

import pytest

from triforce_daemon.dialects.all import by_name
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.catalog import row_of
from triforce_daemon.providers.condition import OK, Condition
from triforce_daemon.providers.credential import NO_KEY, Credential
from triforce_daemon.providers.rate_limits import Limit, Said
from triforce_daemon.providers.remote import Remote
from triforce_daemon.services.provider_rows import limits_row, provider_row
from triforce_daemon.settings import Provider as ProviderSettings
from triforce_daemon.wire.providers import Provider

MOMENT, SHOWN = 1_795_000_000_000, "2026-11-18T11:06:40.000Z"


def row(
    name: str, *keys: Credential, condition: Condition = OK, said: list[Said] | None = None, **settings: Any
) -> Provider:
    remote = Remote(row_of(name, ProviderSettings(**settings), {}), lambda _: keys, by_name(), Outbound({}))
    return provider_row(remote, condition, models=7, first_token=0.2124, said=said or [])


async def test_what_is_known_is_told() -> None:
    told = row("groq", Credential("a", "secret", "credential"), Credential("b", "other", "vault"))
    assert (told["name"], told["title"], told["models"], told["latency_ms"]) == ("groq", "Groq", 7, 212.4)
    assert told["key"] == {"present": True, "needed": True, "store": "credential", "environment": ["GROQ_API_KEY"]}
    assert (told["base_url"], told["dialect"], told["boundary"]) == (
        "https://api.groq.com/openai/v1",
        "openai_chat",
        "any",
    )
    assert "secret" not in str(told)


async def test_who_needs_no_key_has_none() -> None:
    assert row("ollama", NO_KEY)["key"] == {
        "present": False, "needed": False, "store": None, "environment": ["OLLAMA_API_KEY"],
    }  # fmt: skip


async def test_an_open_way_is_warned_of() -> None:
    told = row("mine", base_url="http://192.168.1.20/v1")
    assert told["warning"] == "Keys and prompts travel unencrypted to 192.168.1.20."
    assert row("mine", base_url="https://192.168.1.20/v1")["warning"] is None


@pytest.mark.parametrize(
    ("condition", "since"),
    [
        (OK, None),
        (Condition("down", at_ms=MOMENT), SHOWN),
        (Condition("retired", at_ms=MOMENT, date="2026-07-30"), "2026-07-30"),
    ],
)
async def test_since_when(condition: Condition, since: str | None) -> None:
    assert row("groq", condition=condition)["since"] == since


async def test_the_key_that_was_used_last_speaks_for_the_limits() -> None:
    old, new = Said("a", MOMENT, [Limit("requests", 10, 1)]), Said("b", MOMENT + 1, [Limit("tokens", 9, 3, MOMENT)])
    limit = {"name": "tokens", "limit": 9, "remaining": 3, "resets_at": SHOWN}
    assert row("groq", said=[new, old])["limits"] == [limit]
    assert limits_row("groq", Said("b", MOMENT, new.limits)) == {
        "provider": "groq", "key": "b", "at": SHOWN, "limits": [limit],
    }  # fmt: skip
