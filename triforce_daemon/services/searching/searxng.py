"""The owner's SearXNG, by its JSON API: https://docs.searxng.org/dev/search_api.html."""

from typing import Any, cast

from triforce_daemon.errors import InvalidRequest, UpstreamFailed
from triforce_daemon.providers.listings.values import objects
from triforce_daemon.services.searching.source import Found, Query, Result, SourceName, result
from triforce_daemon.services.web.json_api import JsonAnswer, JsonApi
from triforce_daemon.toolbox.requirement import Missing
from triforce_daemon.web_settings import Search

#: A page of its results is ten to thirty of them.
_PAGES = 3
_MISSING = Missing(
    "No SearXNG is configured.", "triforce config set search.searxng_url ADDRESS; see docs/operations/searxng.md."
)


class Searxng:
    name: SourceName = "searxng"
    outside = True

    def __init__(self, api: JsonApi, settings: Search) -> None:
        self._api = api
        self._settings = settings

    def missing(self) -> Missing | None:
        return None if self._settings.searxng_url else _MISSING

    async def find(self, query: Query) -> Found:
        found: dict[str, Result] = {}
        silent: dict[str, None] = {}
        for page in range(1, _PAGES + 1):
            value = _read(await self._ask({"q": query.text, "pageno": page, "language": query.lang or "auto"}))
            results = _results(value)
            found |= {one["url"]: one for one in results if one["url"] not in found}
            silent |= dict.fromkeys(_silent(value))
            if not results or len(found) >= query.limit:
                break
        remark = f"Some engines did not answer: {', '.join(silent)}."[:500] if silent else None
        return Found(list(found.values())[: query.limit], remark)

    async def probe(self) -> None:
        """Asked nothing, it says whether it would answer in JSON, and asks no engine."""
        answer = await self._ask({})
        if answer.status != 400:
            _read(answer)

    async def _ask(self, query: dict[str, str | int | float]) -> JsonAnswer:
        return await self._api.get(
            self._settings.searxng_url, "/search", {**query, "format": "json"}, self._settings.seconds
        )


def _read(answer: JsonAnswer) -> dict[str, Any]:
    match answer.status:
        case 403:
            raise UpstreamFailed(
                "Your SearXNG gives no JSON.",
                "Name json in search.formats of its settings.yml: docs/operations/searxng.md.",
            )
        case 429:
            raise UpstreamFailed(
                "Your SearXNG's limiter refuses us.",
                "Let this machine pass in its limiter.toml, or switch the limiter off.",
            )
        case 400:
            raise InvalidRequest("SearXNG does not understand the query or its language.", None)
        case status if not 200 <= status < 300:
            raise UpstreamFailed(f"Your SearXNG answered with {status}.", "Its log says more.")
        case _:
            pass
    if not isinstance(answer.value, dict):
        raise UpstreamFailed("Your SearXNG answered with something else than results.", None)
    return cast("dict[str, Any]", answer.value)


def _results(value: dict[str, Any]) -> list[Result]:
    return [
        result(_text(one, "title"), url, _text(one, "content"), f"searxng ({engine})")
        for one in objects(value.get("results"))
        if (url := _text(one, "url")).startswith(("http://", "https://"))
        for engine in [_text(one, "engine") or "unknown"]
    ]


def _silent(value: dict[str, Any]) -> list[str]:
    """The engines that did not answer, each with why."""
    told = value.get("unresponsive_engines")
    pairs = cast("list[Any]", told) if isinstance(told, list) else []
    return [f"{pair[0]} ({pair[1]})" for pair in pairs if isinstance(pair, list) and len(cast("list[Any]", pair)) == 2]


def _text(one: dict[str, Any], name: str) -> str:
    value = one.get(name)
    return value if isinstance(value, str) else ""
