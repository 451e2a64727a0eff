"""Remote providers against a server that plays all of them."""

from collections.abc import AsyncIterator

import pytest

from tests.scriptable_upstream.fixtures import upstream
from tests.scriptable_upstream.model_lists import models_of
from tests.scriptable_upstream.upstream import Upstream
from triforce_daemon.dialects.all import by_name
from triforce_daemon.errors import (
    CredentialsExhausted,
    InvalidRequest,
    KeyMissing,
    KeyRejected,
    ProviderUnavailable,
    TriforceError,
    UpstreamFailed,
)
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers import remote as remote_provider
from triforce_daemon.providers.catalog import catalog, row_of
from triforce_daemon.providers.credential import NO_KEY, Credential
from triforce_daemon.providers.remote import Remote
from triforce_daemon.setting_values import CATALOGUE
from triforce_daemon.settings import Provider

__all__ = ["upstream"]

GOOD, BAD = Credential("good", "good-secret", "vault"), Credential("bad", "bad-secret", "environment")
KEYED = [name for name in CATALOGUE if name != "ollama"]


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    outbound = Outbound({})
    yield outbound
    await outbound.close()


def remote(name: str, outbound: Outbound, *keys: Credential, **settings: object) -> Remote:
    row = row_of(name, Provider.model_validate(settings), {})
    return Remote(row, lambda _: keys, by_name(), outbound)


def at(upstream: Upstream, name: str, outbound: Outbound, *keys: Credential) -> Remote:
    """The provider as `upstream` plays it; it takes the good key alone."""
    upstream.github_retired = False
    if name != "ollama":
        upstream.accept(name, GOOD.secret)
    return remote(name, outbound, *keys, base_url=upstream.base_url(name))


@pytest.mark.parametrize("name", CATALOGUE)
async def test_all_models_of_all_pages_are_listed(upstream: Upstream, outbound: Outbound, name: str) -> None:
    listed = await at(upstream, name, outbound, GOOD).list_models()
    there = {model.id if name in ("openrouter", "github") else model.name for model in models_of(name)}
    assert {model.name for model in listed} == there
    assert len(listed) == len(there)
    assert any("chat" in model.abilities for model in listed)


async def test_pages_are_asked_for_one_after_the_other(upstream: Upstream, outbound: Outbound) -> None:
    provider = at(upstream, "cloudflare", outbound, GOOD)
    row = row_of("cloudflare", Provider(base_url=upstream.base_url("cloudflare")), {})
    assert row.models.path.endswith("per_page=100")
    for number in range(150):
        upstream.script(f"@cf/mine/{number}")
    assert len(await provider.list_models()) == len(models_of("cloudflare")) + 150
    assert [record.query.get("page") for record in upstream.records] == [None, "2", "3"]


@pytest.mark.parametrize("name", KEYED)
async def test_a_key_is_tested_by_a_request_that_costs_nothing(
    upstream: Upstream, outbound: Outbound, name: str
) -> None:
    provider = at(upstream, name, outbound, GOOD)
    assert (await provider.probe(GOOD)).state == "ok"
    shown = await provider.probe(BAD)
    assert (shown.state, BAD.secret in str(shown.reason)) == ("key-rejected", False)
    assert shown.status in (400, 401, 403)
    assert {record.method for record in upstream.records} == {"GET"}


#: OpenRouter's list is open to everybody.
@pytest.mark.parametrize("name", [name for name in KEYED if name != "openrouter"])
async def test_the_list_comes_with_the_first_key_that_is_taken(
    upstream: Upstream, outbound: Outbound, name: str
) -> None:
    assert await at(upstream, name, outbound, BAD, GOOD).list_models()
    with pytest.raises(KeyRejected) as raised:
        await at(upstream, name, outbound, BAD, BAD).list_models()
    assert not isinstance(raised.value, CredentialsExhausted)
    assert BAD.secret not in raised.value.message


@pytest.mark.parametrize(
    ("plan", "error"),
    [
        ("on all: status=500", UpstreamFailed),
        ("on all: status=410", UpstreamFailed),
        ("on all: status=403", KeyRejected),
        ("on all: status=502 html", UpstreamFailed),
        ("on all: cut-after=20B", UpstreamFailed),
        ("on all: no-answer", UpstreamFailed),
        ("on all: gzip-bomb=64MiB", UpstreamFailed),
        ("on all: wrong-length=+10", TriforceError),
    ],
)
async def test_bad_lists_are_errors_in_words(
    upstream: Upstream, outbound: Outbound, plan: str, error: type[TriforceError]
) -> None:
    upstream.plan(plan)
    with pytest.raises(error) as raised:
        await at(upstream, "groq", outbound, GOOD).list_models()
    assert raised.value.message


async def test_where_nothing_listens_the_list_fails_at_once(outbound: Outbound) -> None:
    provider = remote("ollama", outbound, base_url="http://127.0.0.1:9")
    with pytest.raises(UpstreamFailed) as raised:
        await provider.list_models()
    assert "127.0.0.1:9" in raised.value.message
    assert (await provider.probe(NO_KEY)).state == "down"


@pytest.mark.parametrize("name", [name for name in KEYED if name not in ("github", "cloudflare")])
async def test_without_a_key_nobody_is_asked(upstream: Upstream, outbound: Outbound, name: str) -> None:
    provider = at(upstream, name, outbound)
    condition = provider.condition()
    assert (condition.state, provider.credentials()) == ("no-key", ())
    assert all(variable in str(condition.fix) for variable in catalog()[name].environment)
    assert f"triforce keys set {name}" in str(condition.fix)
    with pytest.raises(KeyMissing):
        await provider.list_models()
    assert len(upstream.records) == 0


async def test_the_retired_one_says_so_and_asks_nobody(outbound: Outbound) -> None:
    provider = remote("github", outbound, GOOD)
    condition = provider.condition("any")
    assert (condition.state, condition.date, condition.callable) == ("retired", "2026-07-30", False)
    assert "Microsoft Foundry" in str(condition.reason)
    assert await provider.probe(GOOD) == condition
    with pytest.raises(ProviderUnavailable):
        await provider.list_models()
    with pytest.raises(ProviderUnavailable):
        async with provider.reach("m", GOOD, lambda _: None):
            pass


async def test_the_retired_one_answers_410_where_it_is_asked_after_all(upstream: Upstream, outbound: Outbound) -> None:
    provider = at(upstream, "github", outbound, GOOD)
    upstream.github_retired = True
    shown = await provider.probe(GOOD)
    assert (shown.state, shown.status) == ("retired", 410)


async def test_a_missing_account_is_a_reason_of_its_own(outbound: Outbound) -> None:
    condition = remote("cloudflare", outbound, GOOD).condition()
    assert condition.state == "no-key"
    assert "account" in str(condition.reason)
    assert "providers.cloudflare.account" in str(condition.fix)
    assert "CLOUDFLARE_ACCOUNT_ID" in str(condition.fix)
    assert remote("cloudflare", outbound, GOOD, account="a1").condition().state == "ok"


async def test_a_provider_is_switched_off_and_on_while_it_runs(upstream: Upstream, outbound: Outbound) -> None:
    provider = at(upstream, "groq", outbound, GOOD)
    assert provider.condition().callable
    row = provider.row
    provider.take(row_of("groq", Provider(enabled=False), {}))
    assert (provider.condition().state, provider.condition().fix) == ("disabled", "`triforce providers enable groq`")
    with pytest.raises(ProviderUnavailable):
        await provider.list_models()
    provider.take(row)
    assert await provider.list_models()


async def test_an_address_is_that_of_its_key_and_of_the_settings_that_hold(
    upstream: Upstream, outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_provider, "_ADDRESSES", 2)
    provider = at(upstream, "groq", outbound, GOOD, BAD)
    first = provider.at_once("m", GOOD)
    assert provider.at_once("m", GOOD) is first
    assert provider.at_once("m", BAD).headers["authorization"] == f"Bearer {BAD.secret}"
    for name in "abc":
        assert provider.at_once(name, GOOD).model == name
        assert len(provider._addresses) <= 2
    provider.take(row_of("groq", Provider(base_url="http://elsewhere/v1"), {}))
    assert provider.at_once("c", GOOD).url == "http://elsewhere/v1"


async def test_where_the_last_key_is_taken_away_nobody_is_asked(outbound: Outbound) -> None:
    keys = [GOOD]
    provider = Remote(row_of("groq", Provider(), {}), lambda _: keys, by_name(), outbound)
    provider.at_once("m", GOOD)
    keys.clear()
    with pytest.raises(KeyMissing):
        provider.at_once("m", GOOD)


async def test_who_needs_no_key_goes_without(outbound: Outbound) -> None:
    assert remote("ollama", outbound).credentials() == (NO_KEY,)
    assert remote("ollama", outbound, GOOD).credentials() == (GOOD,)
    assert remote("mine", outbound, base_url="http://localhost:1").credentials() == (NO_KEY,)


@pytest.mark.parametrize("name", CATALOGUE)
async def test_the_way_to_an_answer(upstream: Upstream, outbound: Outbound, name: str) -> None:
    provider = at(upstream, name, outbound, GOOD)
    async with provider.reach("a/b:c", GOOD, lambda _: None) as address:
        assert (address.url, address.model) == (upstream.base_url(name), "a/b:c")
        assert any(GOOD.secret in value for value in address.headers.values())
        assert GOOD.secret not in repr(address)
        assert (address.fit is not None) is (name in ("groq", "cerebras", "mistral"))
    assert provider.engines() == []
    await provider.close()


@pytest.mark.parametrize("name", KEYED)
async def test_what_lies_on_no_disk_of_its_owners(upstream: Upstream, outbound: Outbound, name: str) -> None:
    provider = at(upstream, name, outbound, GOOD)
    with pytest.raises(InvalidRequest, match="keeps its models itself"):
        await provider.pull("m", lambda _: None)
    with pytest.raises(InvalidRequest, match="keeps its models itself"):
        await provider.remove("m")
