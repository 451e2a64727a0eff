"""The providers as values: what the file says, and what the settings and the environment make of it."""

from pathlib import Path

import pytest

from triforce_daemon.dialects.all import by_name
from triforce_daemon.providers.catalog import Row, catalog, row_of, rows
from triforce_daemon.providers.listings.shapes import SHAPES
from triforce_daemon.setting_values import CATALOGUE
from triforce_daemon.settings import Provider


def placed(name: str, environ: dict[str, str] | None = None, **settings: object) -> Row:
    return row_of(name, Provider.model_validate(settings), environ or {})


def test_the_settings_know_the_same_names() -> None:
    assert tuple(catalog()) == CATALOGUE


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_row_speaks_of_what_there_is(name: str) -> None:
    row = catalog()[name]
    assert row.dialect in by_name()
    assert row.models.shape in SHAPES
    assert row.key in ("required", "optional")
    assert row.auth in ("bearer", "x-api-key", "x-goog-api-key")
    assert row.environment
    assert not set(row.refuses) & set(row.renames), "a field is refused or renamed, not both"
    assert row.tool_ids in (None, "9")


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("gemini", "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000"),
        ("anthropic", "https://api.anthropic.com/v1/models?limit=1000"),
        ("groq", "https://api.groq.com/openai/v1/models"),
        ("cerebras", "https://api.cerebras.ai/v1/models"),
        ("mistral", "https://api.mistral.ai/v1/models"),
        ("openrouter", "https://openrouter.ai/api/v1/models"),
        ("github", "https://models.github.ai/catalog/models"),
        ("cloudflare", "https://api.cloudflare.com/client/v4/accounts/a1/ai/models/search?per_page=100"),
        ("ollama", "http://localhost:11434/api/tags"),
    ],
)
def test_where_the_lists_are(name: str, url: str) -> None:
    row = placed(name, account="a1")
    assert row.url(row.models.path) == url


def test_climbing_ends_at_the_host() -> None:
    assert placed("github", base_url="https://h").url("../../x/y") == "https://h/x/y"


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("gemini", {"x-goog-api-key": "k"}),
        ("anthropic", {"x-api-key": "k", "anthropic-version": "2023-06-01"}),
        ("groq", {"authorization": "Bearer k"}),
        ("openrouter", {"authorization": "Bearer k", "X-Title": "triforce"}),
        ("ollama", {"authorization": "Bearer k"}),
    ],
)
def test_how_each_takes_its_key(name: str, headers: dict[str, str]) -> None:
    row = catalog()[name]
    assert row.headers_with("k") == headers
    assert row.headers_with("") == dict(row.headers)


def test_the_settings_win_over_the_environment_over_the_file() -> None:
    environ = {"OLLAMA_HOST": "box:1"}
    assert placed("ollama").base_url == "http://localhost:11434"
    assert placed("ollama", environ).base_url == "http://box:1"
    assert placed("ollama", environ, base_url="http://other:2").base_url == "http://other:2"
    row = placed("groq", key_environment="MY_KEY", max_tools=7, enabled=False, refresh_seconds=9, dialect="anthropic")
    assert (row.environment, row.max_tools, row.enabled) == (("MY_KEY",), 7, False)
    assert (row.refresh_seconds, row.dialect) == (9, "anthropic")


def test_an_address_that_is_none_is_told() -> None:
    row = placed("ollama", {"OLLAMA_HOST": "http://a b"})
    assert row.base_url == "http://localhost:11434"
    assert row.problem is not None
    assert row.problem.startswith("OLLAMA_HOST is no address: ")
    assert placed("ollama", {"OLLAMA_HOST": "http://a b"}, base_url="http://c").problem is None


@pytest.mark.parametrize(
    ("environ", "settings", "account"),
    [
        ({}, {}, None),
        ({"CLOUDFLARE_ACCOUNT_ID": "e1"}, {}, "e1"),
        ({"CLOUDFLARE_ACCOUNT_ID": "e1"}, {"account": "s1"}, "s1"),
        ({"CLOUDFLARE_ACCOUNT_ID": "../x"}, {}, None),
        ({"CLOUDFLARE_ACCOUNT_ID": "a b"}, {}, None),
    ],
)
def test_the_account_takes_its_place(environ: dict[str, str], settings: dict[str, str], account: str | None) -> None:
    row = placed("cloudflare", environ, **settings)
    assert row.lacks_account is (account is None)
    assert account is None or row.base_url.endswith(f"/accounts/{account}/ai/v1")


@pytest.mark.parametrize(
    ("base_url", "boundary", "warns"),
    [
        ("https://api.groq.com/v1", "any", False),
        ("http://localhost:1", "machine", False),
        ("http://127.0.0.1:1/v1", "machine", False),
        ("https://[::1]/v1", "machine", False),
        ("http://127.1/v1", "any", True),
        ("http://192.168.1.20:8000/v1", "any", True),
        ("http://localhost.example/v1", "any", True),
    ],
)
def test_only_this_machine_is_this_machine(base_url: str, boundary: str, warns: bool) -> None:
    row = placed("mine", base_url=base_url)
    assert row.boundary == boundary
    assert (row.warning is not None) is warns


def test_a_stand_in_for_a_cloud_passes_prompts_on() -> None:
    assert placed("anthropic", base_url="http://localhost:4000").boundary == "any"
    assert placed("ollama").boundary == "machine"


def test_the_retired_one_comes_back_where_another_stands_in() -> None:
    assert placed("github").retired is not None
    assert placed("github", base_url="http://localhost:1").retired is None


@pytest.mark.parametrize(
    ("dialect", "auth", "shape"),
    [
        ("", "bearer", "openai"),
        ("openai_responses", "bearer", "openai"),
        ("anthropic", "x-api-key", "anthropic"),
        ("gemini", "x-goog-api-key", "gemini"),
        ("ollama", "bearer", "ollama"),
    ],
)
def test_a_provider_of_ones_own_is_like_those_of_its_dialect(dialect: str, auth: str, shape: str) -> None:
    row = placed("my-box", base_url="http://h/v1", dialect=dialect)
    assert (row.auth, row.models.shape, row.dialect) == (auth, shape, dialect or "openai_chat")
    assert row.environment == ("MY_BOX_API_KEY",)
    assert not row.needs_key
    assert row.retired is None


def test_all_are_there_the_users_own_last_and_disabled_ones_too() -> None:
    found = rows({"mine": Provider(base_url="http://h"), "groq": Provider(enabled=False)}, {})
    assert [row.name for row in found] == [*CATALOGUE, "mine"]
    assert [row.name for row in found if not row.enabled] == ["groq"]


@pytest.mark.parametrize(
    ("name", "model", "most"),
    [
        ("groq", "x", 128),
        ("openrouter", "openai/gpt-4o", 128),
        ("openrouter", "anthropic/claude", None),
        ("mistral", "x", None),
    ],
)
def test_how_many_tools_a_request_may_offer(name: str, model: str, most: int | None) -> None:
    assert catalog()[name].tools_for(model) == most
    assert placed(name, max_tools=7).tools_for(model) == 7


def test_the_documentation_has_the_same_table() -> None:
    text = (Path(__file__).parents[3] / "docs" / "providers.md").read_text("utf-8")
    rows = [
        f"| `{row.name}` | {row.title} | `{row.base_url}` | `{row.dialect}` | "
        f"{', '.join(f'`{variable}`' for variable in row.environment)} |"
        for row in catalog().values()
    ]
    assert "\n".join(rows) in text
    retired = next(row.retired for row in catalog().values() if row.retired)
    assert retired.since in text
    assert retired.replacement in text
