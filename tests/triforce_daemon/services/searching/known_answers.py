"""Answers as SearXNG, Wikipedia and Open-Meteo write them, byte for byte in `answers/`."""

from pathlib import Path

from tests.triforce_daemon.site import Answer

_FOLDER = Path(__file__).with_name("answers")


def _known(name: str) -> str:
    return (_FOLDER / f"{name}.json").read_text("utf-8")


SEARXNG, WIKIPEDIA, PLACES, FORECAST = map(_known, ("searxng", "wikipedia", "places", "forecast"))


def json(text: str, status: int = 200) -> Answer:
    return Answer(text, status, type="application/json")


#: All of them at the paths at which they are.
EVERYTHING = {
    "/search": json(SEARXNG),
    "/w/rest.php/v1/search/page": json(WIKIPEDIA),
    "/v1/search": json(PLACES),
    "/v1/forecast": json(FORECAST),
}
