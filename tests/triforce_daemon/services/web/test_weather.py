"""The weather: places by name and by degrees, days, and what is said where it is not told."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from tests.triforce_daemon.services.searching.known_answers import FORECAST, PLACES, json
from tests.triforce_daemon.services.searching.sources import ANNA
from tests.triforce_daemon.site import Answer, Site, site
from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Forbidden, InvalidArguments, NotFound, ToolUnavailable, TriforceError, UpstreamFailed
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.services.web.json_api import JsonApi
from triforce_daemon.services.web.weather import Weathers
from triforce_daemon.web_settings import Weather as Settings

ALL = {"/v1/search": json(PLACES), "/v1/forecast": json(FORECAST)}


@asynccontextmanager
async def asking(answers: Mapping[str, Answer | str], **more: str) -> AsyncIterator[tuple[Site, Weathers]]:
    outbound = Outbound({})
    async with site(answers) as running:
        settings = Settings.model_validate({"forecast_url": running.url, "places_url": running.url, **more})
        yield running, Weathers(JsonApi(outbound, "triforce/test"), settings)
        await outbound.close()


async def test_a_place_by_its_name() -> None:
    async with asking(ALL) as (running, weathers):
        told = await weathers.report(ANNA, "Paris", None, None, 0)
        assert running.query(0) == {"name": "Paris", "count": "10", "format": "json"}
        assert running.query(1)["latitude"] == "48.85341" and "daily" not in running.query(1)
    assert told["place"] == "Paris, Île-de-France, France"
    assert (told["temperature"], told["humidity"], told["wind"], told["code"]) == (7.4, 88, 11.2, 61)
    assert (told["sky"], told["timezone"], told["source"]) == ("slight rain", "Europe/Paris", "Open-Meteo.com")


async def test_one_of_several_places_of_a_name() -> None:
    async with asking(ALL) as (running, weathers):
        told = await weathers.report(ANNA, "Paris, texas", None, None, 2)
        assert running.query(0)["name"] == "Paris" and running.query(1)["forecast_days"] == "2"
        with pytest.raises(NotFound, match="Paris, Peru") as nowhere:
            await weathers.report(ANNA, "Paris, Peru", None, None, 0)
    assert told["place"] == "Paris, Texas, United States"
    assert told["forecast"][1] == {
        "date": "2026-11-30",
        "code": 3,
        "sky": "overcast",
        "low": 3.9,
        "high": 9.0,
        "precipitation": 0.0,
        "precipitation_probability": None,
        "wind": 14.0,
    }
    assert "Paris, Texas" in str(nowhere.value.hint)


async def test_a_place_by_degrees_is_not_looked_up() -> None:
    async with asking(ALL, places_url="") as (running, weathers):
        assert (await weathers.report(ANNA, None, 48.9, 2.4, 0))["place"] == "48.9, 2.4"
        assert len(running.asked) == 1
        with pytest.raises(ToolUnavailable, match="not looked up"):
            await weathers.report(ANNA, "Paris", None, None, 0)


@pytest.mark.parametrize(("place", "lat", "lon"), [(None, None, None), ("Paris", 1.0, 2.0), (None, 1.0, None)])
async def test_a_place_is_one_thing_or_the_other(place: str | None, lat: float | None, lon: float | None) -> None:
    async with asking(ALL) as (_, weathers):
        with pytest.raises(InvalidArguments):
            await weathers.report(ANNA, place, lat, lon, 0)


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (json('{"error":true,"reason":"Daily API request limit exceeded."}', 429), UpstreamFailed, "limit exceeded"),
        (json('{"reason":"Latitude must be in range","error":true}', 400), InvalidArguments, "Latitude must"),
        (json('{"error":true,"reason":"x"}'), UpstreamFailed, "with 200: x"),
        (Answer("oops", 502), UpstreamFailed, "with 502"),
        (json("[]"), UpstreamFailed, "with 200"),
    ],
)
async def test_where_it_is_not_told(answer: Answer, error: type[TriforceError], said: str) -> None:
    async with asking({**ALL, "/v1/forecast": answer}) as (_, weathers):
        with pytest.raises(error, match=said):
            await weathers.report(ANNA, None, 1, 2, 0)


async def test_what_is_missing_in_an_answer_is_null() -> None:
    odd = '{"current":{"temperature_2m":"warm","weather_code":4711},"daily":{"time":["2026-11-29"],"weather_code":[]}}'
    async with asking({"/v1/forecast": json(odd)}) as (_, weathers):
        told = await weathers.report(ANNA, None, 1, 2, 1)
    assert (told["temperature"], told["sky"], told["time"]) == (None, "code 4711", "")
    assert told["forecast"][0]["code"] is None and told["forecast"][0]["sky"] == "unknown"


async def test_who_may_not_ask_outside_and_where_nobody_can() -> None:
    async with asking(ALL, forecast_url="") as (running, weathers):
        with pytest.raises(Forbidden):
            await weathers.report(Caller("user", "user/a", user="a", boundary="machine"), "Paris", None, None, 0)
        assert running.asked == []
        assert weathers.missing() is not None
