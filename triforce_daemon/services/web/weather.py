"""The weather of a place, by Open-Meteo: https://open-meteo.com/en/docs."""

from typing import Any, NamedTuple, cast

from typing_extensions import TypedDict

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidArguments, NotFound, ToolUnavailable, UpstreamFailed
from triforce_daemon.providers.listings.values import fields, objects
from triforce_daemon.runtime.plain_text import one_line
from triforce_daemon.services.web.json_api import JsonAnswer, JsonApi
from triforce_daemon.services.web.outside import require_outside
from triforce_daemon.toolbox.requirement import Missing
from triforce_daemon.web_settings import Weather as Settings

_SECONDS = 10.0
_NOW = ("temperature_2m", "relative_humidity_2m", "wind_speed_10m", "wind_direction_10m", "weather_code")
_DAILY = (
    "weather_code",
    "temperature_2m_min",
    "temperature_2m_max",
    "precipitation_sum",
    "precipitation_probability_max",
    "wind_speed_10m_max",
)
_SOURCE = "Open-Meteo.com"
#: WMO's codes as Open-Meteo has them.
_WORDS = {
    0: "clear sky", 1: "mainly clear", 2: "partly cloudy", 3: "overcast", 45: "fog", 48: "depositing rime fog",
    51: "light drizzle", 53: "drizzle", 55: "dense drizzle", 56: "light freezing drizzle", 57: "freezing drizzle",
    61: "slight rain", 63: "rain", 65: "heavy rain", 66: "light freezing rain", 67: "heavy freezing rain",
    71: "slight snow", 73: "snow", 75: "heavy snow", 77: "snow grains", 80: "slight showers", 81: "showers",
    82: "violent showers", 85: "slight snow showers", 86: "heavy snow showers", 95: "thunderstorm",
    96: "thunderstorm with slight hail", 99: "thunderstorm with heavy hail",
}  # fmt: skip


class Day(TypedDict):
    date: str
    code: int | None
    sky: str
    low: float | None
    high: float | None
    precipitation: float | None
    """In millimetres."""
    precipitation_probability: float | None
    """In percent."""
    wind: float | None
    """The strongest, in km/h."""


class WeatherReport(TypedDict):
    place: str
    """As the source names it."""
    lat: float
    lon: float
    time: str
    """Of the measurement, by the clocks of the place."""
    timezone: str
    temperature: float | None
    """In degrees Celsius."""
    humidity: float | None
    """In percent."""
    wind: float | None
    """In km/h."""
    wind_direction: float | None
    """Where it comes from, in degrees."""
    code: int | None
    """The WMO's code of the weather."""
    sky: str
    """The code in words."""
    forecast: list[Day]
    source: str


class Place(NamedTuple):
    name: str
    lat: float
    lon: float


class Weathers:
    def __init__(self, api: JsonApi, settings: Settings) -> None:
        self._api = api
        self._settings = settings

    def missing(self) -> Missing | None:
        if self._settings.forecast_url:
            return None
        return Missing("The weather is switched off.", "triforce config unset weather.forecast_url")

    async def report(
        self, caller: Caller, place: str | None, lat: float | None, lon: float | None, days: int
    ) -> WeatherReport:
        """The weather now, and of so many days. Raises InvalidArguments, NotFound, UpstreamFailed, UpstreamTimeout."""
        require_outside(caller)
        if place is not None and lat is None and lon is None:
            at = await self._place(place)
        elif place is None and lat is not None and lon is not None:
            at = Place(f"{lat:g}, {lon:g}", lat, lon)
        else:
            raise InvalidArguments("There is either a place, or lat and lon.", "place=Berlin, or lat=52.5 lon=13.4")
        query: dict[str, str | int | float] = {"latitude": at.lat, "longitude": at.lon, "current": ",".join(_NOW)}
        query["timezone"] = "auto"
        if days:
            query |= {"daily": ",".join(_DAILY), "forecast_days": days}
        told = _read(await self._api.get(self._settings.forecast_url, "/v1/forecast", query, _SECONDS))
        return _report(at, told)

    async def _place(self, name: str) -> Place:
        if not self._settings.places_url:
            raise ToolUnavailable("Places are not looked up here.", "Send lat and lon, or set weather.places_url.")
        # The service finds names alone: of `Paris, Texas` what stands behind the comma chooses among them.
        wanted, _, where = (part.strip() for part in name.partition(","))
        asked = {"name": wanted, "count": 10, "format": "json"}
        told = _read(await self._api.get(self._settings.places_url, "/v1/search", asked, _SECONDS))
        found = [one for one in map(_place, objects(told.get("results"))) if one is not None]
        fitting = [one for one in found if where.casefold() in one.name.casefold()]
        if not fitting:
            near = "; ".join(one.name for one in found[:3])
            raise NotFound(f"No place is known as {one_line(name, 100)}.", f"There is {near}." if near else None)
        return fitting[0]


def _report(at: Place, told: dict[str, Any]) -> WeatherReport:
    now, daily = fields(told.get("current")), fields(told.get("daily"))
    code = _code(now.get("weather_code"))
    return WeatherReport(
        place=at.name,
        lat=at.lat,
        lon=at.lon,
        time=one_line(str(now.get("time") or ""), 40),
        timezone=one_line(str(told.get("timezone") or ""), 60),
        temperature=_number(now.get("temperature_2m")),
        humidity=_number(now.get("relative_humidity_2m")),
        wind=_number(now.get("wind_speed_10m")),
        wind_direction=_number(now.get("wind_direction_10m")),
        code=code,
        sky=_sky(code),
        forecast=[_day(daily, number) for number in range(len(_list(daily.get("time"))))],
        source=_SOURCE,
    )


def _day(daily: dict[str, Any], number: int) -> Day:
    def at(name: str) -> object:
        values = _list(daily.get(name))
        return values[number] if number < len(values) else None

    code = _code(at("weather_code"))
    return Day(
        date=one_line(str(at("time")), 40),
        code=code,
        sky=_sky(code),
        low=_number(at("temperature_2m_min")),
        high=_number(at("temperature_2m_max")),
        precipitation=_number(at("precipitation_sum")),
        precipitation_probability=_number(at("precipitation_probability_max")),
        wind=_number(at("wind_speed_10m_max")),
    )


def _read(answer: JsonAnswer) -> dict[str, Any]:
    told = fields(answer.value)
    if answer.status == 200 and told and not told.get("error"):
        return told
    reason = one_line(str(told.get("reason") or ""), 200)
    why = f": {reason}" if reason else ""
    if answer.status == 429:
        raise UpstreamFailed(f"{_SOURCE} takes no more questions for now{why}.", "Ask again in an hour.")
    if answer.status == 400:
        raise InvalidArguments(f"{_SOURCE} does not understand the question{why}.", None)
    raise UpstreamFailed(f"{_SOURCE} answered with {answer.status}{why}.", "Its address is weather.forecast_url.")


def _place(one: dict[str, Any]) -> Place | None:
    lat, lon = _number(one.get("latitude")), _number(one.get("longitude"))
    if lat is None or lon is None:
        return None
    names = [str(one[name]) for name in ("name", "admin1", "country") if one.get(name)]
    return Place(one_line(", ".join(dict.fromkeys(names)), 200), lat, lon)


def _sky(code: int | None) -> str:
    return _WORDS.get(code, f"code {code}") if code is not None else "unknown"


def _code(value: object) -> int | None:
    number = _number(value)
    return int(number) if number is not None else None


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _list(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []
