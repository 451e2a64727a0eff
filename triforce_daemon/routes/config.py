"""The settings: shown with their origin, changed in the file."""

import asyncio
from typing import Annotated

from fastapi import Depends
from typing_extensions import TypedDict

from triforce_daemon.routes.parts import Needs
from triforce_daemon.routes.policy import OWNER
from triforce_daemon.routes.recorded import Change
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.reload import Reload
from triforce_daemon.services.settings_desk import SettingsDesk
from triforce_daemon.wire.config import ChangedSetting, ConfigCheck, ConfigSchema, SettingDetail, SettingList

routes = Routes()

Desk = Annotated[SettingsDesk, Depends(Needs(SettingsDesk))]
Takes = Annotated[Reload, Depends(Needs(Reload))]


class NewValue(TypedDict):
    value: object


@routes.get("/v1/config", policy=OWNER)
async def list_settings(desk: Desk) -> SettingList:
    """Every setting, its value in this daemon and where that came from."""
    return desk.everything()


@routes.get("/v1/config/check", policy=OWNER)
async def check_settings(desk: Desk) -> ConfigCheck:
    """Whether the daemon would start again with the file as it is now."""
    return await asyncio.to_thread(desk.check)


@routes.get("/v1/config/schema", policy=OWNER)
async def show_schema(desk: Desk) -> ConfigSchema:
    """What the file may hold, as JSON Schema."""
    return desk.schema()


@routes.get("/v1/config/{key:path}", policy=OWNER)
async def show_setting(key: str, desk: Desk) -> SettingDetail:
    """One setting, also one that nobody has set: `providers.groq.base_url`."""
    return desk.get(key)


@routes.put("/v1/config/{key:path}", policy=OWNER, records=Change("config.set", ("value",)))
async def set_setting(key: str, new: NewValue, reload: Takes) -> ChangedSetting:
    """Write a setting to the file; it holds at once, or from the next start."""
    return await reload.put(key, new["value"])


@routes.delete("/v1/config/{key:path}", policy=OWNER, records=Change("config.unset", ("value",)))
async def unset_setting(key: str, reload: Takes) -> ChangedSetting:
    """Take a setting out of the file; its default holds at once, or from the next start."""
    return await reload.remove(key)
