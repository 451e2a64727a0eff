"""Settings as they are shown and changed."""

from typing import Literal

from typing_extensions import TypedDict

Origin = Literal["default", "file", "environment", "flag"]


class Setting(TypedDict):
    key: str
    at_once: bool
    """Whether a daemon that runs takes a change over; else it holds from the next start."""
    value: object
    default: object
    origin: Origin
    type: str
    description: str
    environment: str
    """The name of the environment variable that sets it."""


class SettingList(TypedDict):
    schema: str
    file: str
    items: list[Setting]
    next: str | None


class ConfigPath(TypedDict):
    schema: str
    file: str
    exists: bool


class ConfigSchema(TypedDict):
    schema: str
    json_schema: dict[str, object]
    """JSON Schema of the file, for editors and other programs."""


class ConfigProblem(TypedDict):
    key: str | None
    line: int | None
    message: str
    hint: str | None


class ConfigCheck(TypedDict):
    schema: str
    file: str
    ok: bool
    items: list[ConfigProblem]


class SettingDetail(Setting):
    schema: str


class ChangedSetting(SettingDetail):
    restart: bool
    """True: the daemon that runs still uses the old value."""


class Reloaded(TypedDict):
    schema: str
    file: str
    taken: list[str]
    """The settings that are new since the configuration was read last, and hold from now on."""
    restart: list[str]
    """The settings that differ from those with which the daemon runs, and hold from its next start."""
