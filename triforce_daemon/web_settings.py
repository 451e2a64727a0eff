"""The settings of what is read and looked up on the web: pages, searches, the weather."""

from typing import Annotated

from pydantic import AfterValidator, Field

from triforce_daemon.addresses import opening
from triforce_daemon.setting_section import Section
from triforce_daemon.setting_values import Names, Seconds, Text, WebAddress


def _openings(texts: list[str]) -> list[str]:
    for text in texts:
        opening(text)
    return texts


class Web(Section):
    by_hand = frozenset({"allow"})

    allow: Annotated[Names, AfterValidator(_openings)] = []
    """Hosts and networks of yours that tools may read pages of, besides the public internet: like `wiki.example`,
    `127.0.0.1:8000` or `10.1.0.0/16`; a port stands where no other one is meant."""
    page_bytes: Annotated[int, Field(ge=1_024, le=64 << 20)] = 2 << 20
    """How much of a page is read, in bytes."""
    page_seconds: Seconds = 20
    """How long a page may take, with all places that it is moved to."""
    delay_seconds: Annotated[float, Field(ge=0, le=60)] = 1
    """The pause between two pages of the same host; longer where its robots.txt says so."""
    contact: Annotated[Text, Field(pattern=r"^[!-~]*$", max_length=200)] = ""
    """An address of yours, like https://you.example/bot, that hosts are told along with the program's name."""


class Search(Section):
    searxng_url: WebAddress = ""
    """Where your SearXNG is, like http://127.0.0.1:8888; empty: there is none."""
    wikipedia_url: WebAddress = "https://{lang}.wikipedia.org"
    """Where Wikipedia is, or another wiki of its kind; {lang} becomes the language; empty: it is not asked."""
    seconds: Seconds = 10
    """How long a source may take."""
    cache_seconds: Annotated[int, Field(ge=0, le=86_400)] = 300
    """How long what was found is given again to whoever asks the same; 0: never."""


class Weather(Section):
    forecast_url: WebAddress = "https://api.open-meteo.com"
    """Where Open-Meteo's forecasts are; empty: the weather is not asked for."""
    places_url: WebAddress = "https://geocoding-api.open-meteo.com"
    """Where it says which place lies where; empty: places are given as lat and lon alone."""
