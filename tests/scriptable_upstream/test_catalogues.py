"""The catalogues: enough models, each once, in each provider's own shape."""

import json
from typing import Any

import pytest

from tests.scriptable_upstream.catalogues.shapes import SHAPES
from tests.scriptable_upstream.catalogues.table import Model, dollars_each, read_table
from tests.scriptable_upstream.json_values import as_object, objects
from tests.scriptable_upstream.model_lists import models_of
from tests.scriptable_upstream.upstream import ACCOUNT, Upstream
from tests.scriptable_upstream.wire_reading import exchange, request_bytes

NINE = ("gemini", "anthropic", "groq", "cerebras", "mistral", "openrouter", "github", "cloudflare", "ollama")
LISTS = {
    "anthropic": "/anthropic/v1/models?limit=1000",
    "gemini": "/gemini/v1beta/models?pageSize=1000",
    "groq": "/groq/openai/v1/models",
    "cerebras": "/cerebras/v1/models",
    "mistral": "/mistral/v1/models",
    "openrouter": "/openrouter/api/v1/models",
    "github": "/github/catalog/models",
    "cloudflare": f"/cloudflare/client/v4/accounts/{ACCOUNT}/ai/models/search?per_page=1000",
    "ollama": "/ollama/api/tags",
}


async def got(upstream: Upstream, path: str) -> Any:
    raw = request_bytes(b"", path, "GET", **({"anthropic-version": "2023-06-01"} if "anthropic" in path else {}))
    arrived = await exchange(upstream, raw, quiet=1)
    assert arrived.head.startswith(b"HTTP/1.1 200"), arrived.raw[:300]
    return json.loads(arrived.body)


def rows(listed: Any) -> list[dict[str, Any]]:
    named = as_object(listed)
    return objects(next((named[name] for name in ("data", "models", "result") if name in named), listed))


async def test_there_are_enough(upstream: Upstream) -> None:
    upstream.github_retired = False
    listed = {provider: rows(await got(upstream, path)) for provider, path in LISTS.items()}
    assert set(listed) == set(NINE)
    key = {"cloudflare": "name", "gemini": "name", "ollama": "name"}
    names = {provider: [row[key.get(provider, "id")] for row in found] for provider, found in listed.items()}
    assert all(len(set(found)) == len(found) > 5 for found in names.values())
    assert sum(map(len, names.values())) >= 640


@pytest.mark.parametrize("provider", [*SHAPES, "ollama"])
def test_the_figures_are_plausible(provider: str) -> None:
    for model in models_of(provider):
        assert 0 < model.context <= 10_485_760, model
        assert 0 < model.output <= 1_000_192, model
        if provider != "ollama":
            assert 0 <= model.input_price <= 150, model
            assert 0 <= model.output_price <= 600, model
            assert model.free == (not model.input_price and not model.output_price)


def test_free_models_cost_nothing() -> None:
    free = [model for model in read_table("openrouter") if model.name.endswith(":free")]
    assert len(free) > 30
    assert all(model.free for model in free)
    card = SHAPES["openrouter"](free[0])
    assert (card["pricing"]["prompt"], card["pricing"]["completion"]) == ("0", "0")


@pytest.mark.parametrize(
    ("per_million", "text"), [(0, "0"), (1, "0.000001"), (0.0375, "0.0000000375"), (15, "0.000015")]
)
def test_prices_are_decimals(per_million: float, text: str) -> None:
    assert dollars_each(per_million) == text


def test_an_openrouter_card() -> None:
    model = Model("openai", "gpt-4o", 128000, 16384, 2.5, 10.0, frozenset("tvj"))
    card = SHAPES["openrouter"](model)
    assert card["id"] == "openai/gpt-4o"
    assert card["context_length"] == 128000
    assert card["architecture"]["input_modalities"] == ["text", "image"]
    assert card["pricing"] == {"prompt": "0.0000025", "completion": "0.00001"}
    assert {"tools", "structured_outputs"} <= set(card["supported_parameters"])


def test_a_mistral_card() -> None:
    cards = {model.name: SHAPES["mistral"](model) for model in read_table("mistral")}
    assert cards["mistral-embed"]["capabilities"]["completion_chat"] is False
    able = [name for name, has in cards["mistral-large-latest"]["capabilities"].items() if has]
    assert able == ["completion_chat", "function_calling", "vision"]
    assert cards["open-mixtral-8x22b"]["deprecation"]


def test_a_cloudflare_card() -> None:
    cards = {model.name: SHAPES["cloudflare"](model) for model in read_table("cloudflare")}
    card = cards["@cf/openai/gpt-oss-120b"]
    assert card["task"]["name"] == "Text Generation"
    properties = {each["property_id"]: each["value"] for each in card["properties"]}
    assert properties["context_window"] == "128000"
    assert properties["price"][0] == {"unit": "per M input tokens", "price": 0.35, "currency": "USD"}


def test_a_gemini_card() -> None:
    cards = {model.name: SHAPES["gemini"](model) for model in read_table("gemini")}
    assert "generateContent" in cards["gemini-2.5-pro"]["supportedGenerationMethods"]
    assert cards["gemini-embedding-001"]["supportedGenerationMethods"][0] == "embedContent"
    assert "generateContent" not in cards["imagen-4.0-generate-001"]["supportedGenerationMethods"]


def test_a_groq_card() -> None:
    card = SHAPES["groq"](read_table("groq")[0])
    assert (card["context_window"], card["active"], card["owned_by"]) == (4096, True, "SDAIA")


async def test_cloudflare_in_pages(upstream: Upstream) -> None:
    path = LISTS["cloudflare"].partition("?")[0]
    first = await got(upstream, f"{path}?per_page=10")
    second = await got(upstream, f"{path}?per_page=10&page=2")
    assert first["result_info"]["total_count"] == len(read_table("cloudflare"))
    assert len(first["result"]) == 10 and not {row["id"] for row in first["result"]} & {
        row["id"] for row in second["result"]
    }
    only = await got(upstream, f"{path}?task=Text%20Embeddings&search=bge")
    assert {row["task"]["name"] for row in only["result"]} == {"Text Embeddings"}


@pytest.mark.parametrize("provider", NINE)
async def test_a_scripted_model_is_listed(upstream: Upstream, provider: str) -> None:
    upstream.github_retired = False
    upstream.script("vendor/mine")
    assert "vendor/mine" in json.dumps(await got(upstream, LISTS[provider]))


async def test_a_plan_for_lists(upstream: Upstream) -> None:
    upstream.plan("on lists first 1: 503")
    raw = request_bytes(b"", LISTS["groq"], "GET")
    assert (await exchange(upstream, raw, quiet=0.2)).head.startswith(b"HTTP/1.1 503")
    assert rows(await got(upstream, LISTS["groq"]))
