"""Small things that a model gets wrong by itself: the time, the weather, and sums."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services import arithmetic, local_time
from triforce_daemon.services.web.weather import WeatherReport, Weathers
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool


class CurrentTime(TypedDict):
    iso: str
    unix: int
    """Seconds since 1970."""
    weekday: str
    utc_offset: str
    dst: bool
    """Whether it is summer time there."""
    formatted: str | None


@tool(
    tier="guest",
    effect="read",
    keywords=(
        "clock",
        "date",
        "now",
        "today",
        "timezone",
        "Uhrzeit",
        "Uhr",
        "spät",
        "Zeit",
        "Datum",
        "heute",
        "Zeitzone",
    ),
)
async def current_time(
    timezone: Annotated[str, "a name of the IANA time zone database, like Europe/Berlin"] = "UTC",
    format: Annotated[str | None, "strftime form of `formatted`, like %d.%m.%Y"] = None,
    *,
    clock: Clock,
) -> CurrentTime:
    """Tell the date and time of a place, from the system's time zone data."""
    moment = local_time.at(clock.now_ms() / 1_000, timezone)
    return CurrentTime(
        iso=moment.isoformat(timespec="seconds"),
        unix=int(moment.timestamp()),
        weekday=local_time.WEEKDAYS[moment.weekday()],
        utc_offset=moment.strftime("%z"),
        dst=bool(moment.dst()),
        formatted=moment.strftime(format) if format is not None else None,
    )


@tool(
    tier="free",
    effect="read",
    open_world=True,
    requires=(Weathers,),
    keywords=("forecast", "temperature", "rain", "wind", "Wetter", "Vorhersage", "Temperatur", "Regen", "Schnee"),
)
async def weather(
    place: Annotated[str | None, "a name, like Berlin or Paris, Texas", Field(min_length=1, max_length=200)] = None,
    lat: Annotated[float | None, "degrees north, instead of a place", Field(ge=-90, le=90)] = None,
    lon: Annotated[float | None, "degrees east, instead of a place", Field(ge=-180, le=180)] = None,
    days: Annotated[int, "of forecast, from today on", Field(ge=0, le=7)] = 0,
    *,
    weathers: Weathers,
    call: ToolCall,
) -> WeatherReport:
    """Tell the weather of a place, now and for some days."""
    return await weathers.report(call.caller, place, lat, lon, days)


class Calculation(TypedDict):
    value: str
    """As decimal text: JSON's numbers would round it."""
    steps: list[str]


@tool(
    tier="guest",
    effect="read",
    idempotent=True,
    keywords=(
        "math",
        "arithmetic",
        "sum",
        "percent",
        "multiply",
        "rechnen",
        "ausrechnen",
        "Rechner",
        "Mathematik",
        "mal",
    ),
)
async def calculate(
    expression: Annotated[str, "like (3 + 4) * 2 ** 0.5 or sin(pi / 4)", Field(min_length=1, max_length=1_000)],
    precision: Annotated[int, "significant digits", Field(ge=1, le=100)] = 15,
) -> Calculation:
    """Work out an arithmetic expression exactly to so many digits."""
    result = arithmetic.work_out(expression, precision)
    return Calculation(value=result.value, steps=result.steps)
