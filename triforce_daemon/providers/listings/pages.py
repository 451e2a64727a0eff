"""A page of a provider's list of models: what is on it, and where the next one is."""

from collections.abc import Callable
from dataclasses import dataclass

from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.listings import values
from triforce_daemon.providers.listings.shapes import SHAPES
from triforce_daemon.providers.listings.values import Fields, count, fields

#: Where the models of a page stand; a list may also come by itself.
_PLACES = ("data", "models", "result")


@dataclass(frozen=True, slots=True)
class Page:
    models: list[Listed]
    #: How many have no name, or one that must not be shown.
    left_out: int
    #: The query that asks for the page after this one; None on the last.
    following: dict[str, str] | None


def read_page(shape: str, body: object) -> Page:
    """One page of a list in that shape. Raises ValueError where there is no list in it."""
    models: list[Listed] = []
    left_out = 0
    for item in values.listed(body, *_PLACES):
        said = fields(item)
        name = _name(shape, said)
        if name is None:
            left_out += 1
        else:
            models.append(SHAPES[shape](name, said))
    return Page(models, left_out, _FOLLOWING.get(shape, _none)(fields(body)))


def _name(shape: str, model: Fields) -> str | None:
    given = model.get("name" if shape in ("gemini", "cloudflare", "ollama") else "id")
    if shape == "gemini" and isinstance(given, str):
        given = given.removeprefix("models/")
    return values.name(given)


def _none(_: Fields) -> None:
    return None


def _after_gemini(body: Fields) -> dict[str, str] | None:
    token = body.get("nextPageToken")
    return {"pageToken": token} if isinstance(token, str) and token else None


def _after_anthropic(body: Fields) -> dict[str, str] | None:
    last = body.get("last_id")
    return {"after_id": last} if body.get("has_more") is True and isinstance(last, str) and last else None


def _after_cloudflare(body: Fields) -> dict[str, str] | None:
    info = fields(body.get("result_info"))
    page, size, total = (count(info.get(name)) for name in ("page", "per_page", "total_count"))
    return {"page": str(page + 1)} if page and size and total and page * size < total else None


_FOLLOWING: dict[str, Callable[[Fields], dict[str, str] | None]] = {
    "gemini": _after_gemini,
    "anthropic": _after_anthropic,
    "cloudflare": _after_cloudflare,
}
