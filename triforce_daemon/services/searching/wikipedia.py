"""Wikipedia, or another wiki of its kind, by MediaWiki's REST API: https://www.mediawiki.org/wiki/API:REST_API."""

import re
from html import unescape
from typing import Any, cast
from urllib.parse import quote

from triforce_daemon.access.caller import SELF
from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.providers.listings.values import fields, objects
from triforce_daemon.services.searching.source import Found, Query, Result, SourceName, result
from triforce_daemon.services.web.json_api import JsonApi
from triforce_daemon.toolbox.requirement import Missing
from triforce_daemon.web_settings import Search

_USUAL_LANGUAGE = "en"
_MOST = 100
_TAG = re.compile(r"<[^<>]*>")
_MISSING = Missing("Wikipedia is switched off.", "triforce config unset search.wikipedia_url")


class Wikipedia:
    name: SourceName = "wikipedia"
    outside = True

    def __init__(self, api: JsonApi, settings: Search) -> None:
        self._api = api
        self._settings = settings

    def missing(self) -> Missing | None:
        return None if self._settings.wikipedia_url else _MISSING

    async def find(self, query: Query) -> Found:
        language = (query.lang or _USUAL_LANGUAGE).partition("-")[0].lower()
        base = self._settings.wikipedia_url.replace("{lang}", language)
        asked = {"q": query.text, "limit": min(query.limit, _MOST)}
        answer = await self._api.get(base, "/w/rest.php/v1/search/page", asked, self._settings.seconds)
        pages = fields(answer.value).get("pages")
        if answer.status != 200 or not isinstance(pages, list):
            raise UpstreamFailed(f"Wikipedia answered with {answer.status}.", "Its address is search.wikipedia_url.")
        return Found([_result(base, page, f"wikipedia ({language})") for page in objects(cast("list[Any]", pages))])

    async def probe(self) -> None:
        await self.find(Query(SELF, "triforce", 1))


def _result(base: str, page: dict[str, Any], source: str) -> Result:
    key, title, excerpt = (str(page.get(name) or "") for name in ("key", "title", "excerpt"))
    about = page.get("description")
    text = unescape(_TAG.sub("", excerpt))
    return result(
        title, f"{base}/wiki/{quote(key, safe='/:(),')}", f"{about}. {text}" if isinstance(about, str) else text, source
    )
