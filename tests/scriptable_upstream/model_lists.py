"""The model lists of the providers, each in its own shape, in its own pages."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tests.scriptable_upstream.answers import Answer
from tests.scriptable_upstream.catalogues import ollama
from tests.scriptable_upstream.catalogues.shapes import SHAPES
from tests.scriptable_upstream.catalogues.table import Model, read_table
from tests.scriptable_upstream.http_request import Request
from tests.scriptable_upstream.provider_errors import Problem
from tests.scriptable_upstream.routes import Route
from tests.scriptable_upstream.stamps import Stamp

Fields = dict[str, Any]

#: What OpenRouter tells of the key that asks.
KEY: Fields = {
    "label": "sk-or-v1-0e6...1c9",
    "limit": None,
    "usage": 0.25,
    "limit_remaining": None,
    "is_free_tier": False,
}
OLLAMA_VERSION = "0.21.0"
#: How many an Anthropic or Gemini list has on a page unless it is told, and at most.
PAGE = {"anthropic": 20, "gemini": 50}
MOST = 1000
CLOUDFLARE_PAGE = 100


def models_of(provider: str, scripted: Iterable[str] = ()) -> list[Model]:
    """The provider's models, and those that a test made up for it."""
    table = read_table("openai" if provider == "compatible" else provider)
    known = {model.name for model in table} | {model.id for model in table}
    return [*table, *(_made_up(provider, name) for name in scripted if name not in known)]


def model_list(route: Route, request: Request, scripted: Iterable[str], stamp: Stamp) -> Answer:
    provider = route.provider
    models = models_of(provider.name, scripted)
    if route.kind == "version":
        return provider.answer({"version": OLLAMA_VERSION}, stamp)
    if route.kind == "key":
        return provider.answer({"data": KEY}, stamp)
    if route.kind == "tags":
        return provider.answer({"models": [ollama.tag(model) for model in models]}, stamp)
    if route.kind == "running":
        return provider.answer({"models": [ollama.running(model) for model in models[:1]]}, stamp)
    cards = [SHAPES[provider.name](model) for model in models]
    pages = {"anthropic": _anthropic_page, "gemini": _gemini_page, "cloudflare": _cloudflare_page}
    if provider.name in pages:
        return provider.answer(pages[provider.name](cards, request.query), stamp)
    if provider.name == "openrouter":
        return provider.answer({"data": cards}, stamp)
    return provider.answer(cards if provider.name == "github" else {"object": "list", "data": cards}, stamp)


def one_model(route: Route, request: Request, scripted: Iterable[str], stamp: Stamp) -> Answer:
    """Also `POST /api/show` and `DELETE /api/delete`, which name the model in their bodies."""
    provider = route.provider
    name = route.model or str(request.fields.get("model") or request.fields.get("name") or "")
    wanted = {name, f"{name}:latest"}
    found = next((model for model in models_of(provider.name, scripted) if {model.name, model.id} & wanted), None)
    if found is None:
        words = f"model '{name}' not found" if provider.name == "ollama" else f"The model '{name}' does not exist"
        return provider.error(Problem(404, "model", words, "model", stamp.serial), stamp)
    if route.kind == "delete":
        return Answer(200, (), (b"",))
    card = ollama.show(found) if provider.name == "ollama" else SHAPES[provider.name](found)
    return provider.answer({"data": card} if provider.name == "openrouter" else card, stamp)


def pulled(route: Route, request: Request, stamp: Stamp) -> Answer:
    """The lines of a pull, of any model of the table; the last one says that a name is unknown, and the status 200."""
    name = str(request.fields.get("model") or request.fields.get("name") or "")
    found = next((model for model in read_table("ollama") if model.name in (name, f"{name}:latest")), None)
    lines = ollama.pulled(found) if found is not None else ollama.UNKNOWN
    if request.fields.get("stream") is False:
        return route.provider.answer(lines[-1], stamp, 200 if found is not None else 500)
    events = tuple(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)
    return Answer(200, (("Content-Type", "application/x-ndjson"),), events, streamed=True)


def _made_up(provider: str, name: str) -> Model:
    vendor, slash, rest = name.partition("/")
    flags = frozenset("tvrjh") if provider != "mistral" else frozenset("tv")
    if provider in ("openrouter", "github") and slash:
        return Model(vendor, rest, 131072, 8192, 1.0, 2.0, flags)
    return Model("Text-Generation" if provider == "cloudflare" else "-", name, 131072, 8192, 1.0, 2.0, flags)


def _anthropic_page(cards: list[Fields], query: Mapping[str, str]) -> Fields:
    """Newest first; `after_id` is the last one of the page before."""
    cards = sorted(cards, key=lambda card: card["created_at"], reverse=True)
    ids = [card["id"] for card in cards]
    start = ids.index(query["after_id"]) + 1 if query.get("after_id") in ids else 0
    page = cards[start : start + _limit(query.get("limit"), PAGE["anthropic"])]
    first, last = (page[0]["id"], page[-1]["id"]) if page else (None, None)
    more = start + len(page) < len(cards)
    return {"data": page, "has_more": more, "first_id": first, "last_id": last}


def _gemini_page(cards: list[Fields], query: Mapping[str, str]) -> Fields:
    token = query.get("pageToken", "")
    start = int(token.removeprefix("page-")) if token.removeprefix("page-").isdigit() else 0
    end = start + _limit(query.get("pageSize"), PAGE["gemini"])
    page: Fields = {"models": cards[start:end]}
    return page | {"nextPageToken": f"page-{end}"} if end < len(cards) else page


def _cloudflare_page(cards: list[Fields], query: Mapping[str, str]) -> Fields:
    task, text = query.get("task", "").lower(), query.get("search", "").lower()
    chosen = [card for card in cards if task in card["task"]["name"].lower() and text in card["name"].lower()]
    size, number = _limit(query.get("per_page"), CLOUDFLARE_PAGE), max(_limit(query.get("page"), 1), 1)
    page = chosen[(number - 1) * size : number * size]
    info = {"count": len(page), "page": number, "per_page": size, "total_count": len(chosen)}
    return {"success": True, "errors": [], "messages": [], "result": page, "result_info": info}


def _limit(text: str | None, default: int) -> int:
    return min(int(text), MOST) if text and text.isdigit() and int(text) else default
